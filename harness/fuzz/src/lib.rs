//! Changes TOML by its tokens, so that what a fuzzer changed is mostly still TOML.
//!
//! Bytes alone rarely get past the TOML parser, and what is behind it is what is to be tried. This
//! changes whole values, lists and lines, by the words of the dictionary that the fuzzer has as well.

use std::ops::Range;

/// The words, one to a line, as libFuzzer reads them.
const DICTIONARY: &str = include_str!("../scenario_parser.dict");

/// Enough of a random number generator for a choice, repeatable by its seed.
struct Dice(u64);

impl Dice {
    /// A number below `sides`, or 0.
    fn roll(&mut self, sides: usize) -> usize {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (bits ^ (bits >> 31)) as usize % sides.max(1)
    }

    fn pick(&mut self, places: &[Range<usize>]) -> Option<Range<usize>> {
        places.get(self.roll(places.len())).cloned()
    }
}

/// `text` with one change, and at times two or three.
pub fn changed(text: &str, seed: u32) -> String {
    let mut text = text.to_owned();
    let mut dice = Dice(seed.into());
    for _ in 0..=dice.roll(5).saturating_sub(2) {
        if let Some(next) = change(&text, &mut dice) {
            text = next;
        }
    }
    text
}

fn change(text: &str, dice: &mut Dice) -> Option<String> {
    let places = if dice.roll(4) == 0 { lines(text) } else { values(text) };
    let (place, donor) = (dice.pick(&places)?, dice.pick(&places)?);
    let (old, other) = (&text[place.clone()], &text[donor]);
    let new = match dice.roll(8) {
        0 => String::new(),
        1 => other.to_owned(),
        2 | 3 if old.ends_with('\n') => format!("{old}{other}"),
        2 => format!("{old}, {old}"),
        3 => format!("{old}, {other}"),
        4 => format!("[{old}]"),
        5 => number(dice),
        _ => word(dice, old.starts_with(['"', '\''])),
    };
    Some([&text[..place.start], &new, &text[place.end..]].concat())
}

fn number(dice: &mut Dice) -> String {
    match dice.roll(4) {
        0 => (dice.roll(64) as i64 - 8).to_string(),
        1 => dice.roll(usize::MAX).to_string(),
        2 => format!("{}.5", dice.roll(10_000)),
        _ => ["true", "false", "1e400", "-0", "nan", "2026-01-01"][dice.roll(6)].to_owned(),
    }
}

fn word(dice: &mut Dice, quoted: bool) -> String {
    let plain = |line: &&str| !line.contains('\\') && line.len() > 2;
    let words: Vec<&str> =
        DICTIONARY.lines().filter(plain).filter_map(|line| line.strip_prefix('"')?.strip_suffix('"')).collect();
    let word = words.get(dice.roll(words.len())).copied().unwrap_or_default();
    if quoted { format!("\"{word}\"") } else { word.to_owned() }
}

fn lines(text: &str) -> Vec<Range<usize>> {
    let mut start = 0;
    let line = |line: &str| {
        let place = start..start + line.len();
        start = place.end;
        place
    };
    text.split_inclusive('\n').map(line).collect()
}

/// Every string, word and number, and every list and table with its brackets.
fn values(text: &str) -> Vec<Range<usize>> {
    let (mut places, mut open, mut rest) = (Vec::new(), Vec::new(), 0);
    while let Some(first) = text[rest..].chars().next() {
        let end = rest + token(&text[rest..], first);
        match first {
            '[' | '{' => open.push(rest),
            ']' | '}' => places.extend(open.pop().map(|start| start..end)),
            '"' | '\'' => places.push(rest..end),
            _ if is_word(first) => places.push(rest..end),
            _ => {}
        }
        rest = end;
    }
    places
}

/// How many bytes belong together at the start of `text`.
fn token(text: &str, first: char) -> usize {
    let behind = &text[first.len_utf8()..];
    match first {
        '"' | '\'' => behind
            .find([first, '\n'])
            .map_or(text.len(), |end| if behind[end..].starts_with(first) { end + 2 } else { end + 1 }),
        _ if is_word(first) => text.find(|other: char| !is_word(other)).unwrap_or(text.len()),
        _ => first.len_utf8(),
    }
}

fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || "_-+.".contains(character)
}
