//! Changes JSON as a tree, so that what a fuzzer changed is still JSON.
//!
//! Bytes alone rarely get past the parser: of a hundred flipped bytes in `{"claim":"exp"}`, most end
//! there. This changes whole members, by the words of the dictionary that the fuzzer has as well.

use serde_json::{Map, Value};

/// The words, one to a line, as libFuzzer reads them.
const DICTIONARY: &str = include_str!("../mutation_engine.dict");

/// Enough of a random number generator for a choice, repeatable by its seed.
struct Dice(u64);

impl Dice {
    /// A number below `sides`, which isn't 0.
    fn roll(&mut self, sides: usize) -> usize {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (bits ^ (bits >> 31)) as usize % sides
    }
}

/// `bytes` with one change, and at times two or three, or `None` where they are no JSON.
pub fn changed(bytes: &[u8], seed: u32) -> Option<Vec<u8>> {
    let mut tree: Value = serde_json::from_slice(bytes).ok()?;
    let mut dice = Dice(seed.into());
    for _ in 0..=dice.roll(5).saturating_sub(2) {
        let mut parts = Vec::new();
        collect(&tree, &mut parts);
        let donor = parts[dice.roll(parts.len())].clone();
        let mut index = dice.roll(parts.len());
        if let Some(place) = find(&mut tree, &mut index) {
            change(place, donor, &mut dice);
        }
    }
    serde_json::to_vec(&tree).ok()
}

fn change(place: &mut Value, donor: Value, dice: &mut Dice) {
    match (place, dice.roll(8)) {
        (Value::Array(values), 0..=1) if !values.is_empty() => drop(values.remove(dice.roll(values.len()))),
        (Value::Array(values), 2..=4) => values.insert(dice.roll(values.len() + 1), donor),
        (Value::Object(members), 0) => forget(members, dice),
        (Value::Object(members), 1..=2) => drop(members.insert(word(dice), donor)),
        (Value::Object(members), 3..=4) => drop(members.insert(word(dice), scalar(dice))),
        (place, 5) => *place = donor,
        (place, 6) => *place = Value::Array(vec![place.take()]),
        (place, _) => *place = scalar(dice),
    }
}

fn forget(members: &mut Map<String, Value>, dice: &mut Dice) {
    if let Some(name) = members.keys().nth(dice.roll(members.len().max(1))).cloned() {
        members.remove(&name);
    }
}

fn scalar(dice: &mut Dice) -> Value {
    match dice.roll(10) {
        0 => Value::Null,
        1 => Value::Bool(dice.roll(2) == 0),
        2 => (dice.roll(64) as i64 - 8).into(),
        3 => (dice.roll(usize::MAX) as i64).into(),
        4 => (dice.roll(1_000_000) as f64 / 256.0).into(),
        _ => word(dice).into(),
    }
}

fn word(dice: &mut Dice) -> String {
    let words: Vec<&str> =
        DICTIONARY.lines().filter_map(|line| line.strip_prefix("\"\\\"")?.strip_suffix("\\\"\"")).collect();
    words[dice.roll(words.len())].to_owned()
}

fn collect<'a>(value: &'a Value, parts: &mut Vec<&'a Value>) {
    parts.push(value);
    match value {
        Value::Array(values) => values.iter().for_each(|value| collect(value, parts)),
        Value::Object(members) => members.values().for_each(|value| collect(value, parts)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The value of that index, in the order of [`collect`].
fn find<'a>(value: &'a mut Value, index: &mut usize) -> Option<&'a mut Value> {
    if *index == 0 {
        return Some(value);
    }
    *index -= 1;
    match value {
        Value::Array(values) => values.iter_mut().find_map(|value| find(value, index)),
        Value::Object(members) => members.values_mut().find_map(|value| find(value, index)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}
