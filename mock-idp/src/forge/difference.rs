use std::borrow::Cow;
use std::fmt;

use super::draft::{Draft, Text};
use crate::json::{Member, Object};

/// One difference between a token and the control, in words.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Change {
    /// Such as `header  + "crit": ["x"]` or `signature: one bit flipped`.
    text: String,
}

impl Change {
    pub(super) fn phrase(text: String) -> Self {
        Self { text }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Differences of header and payload, member by member; what a given control says
/// of its holder is `hidden`.
pub(super) fn members(control: &Draft, mutated: &Draft, hidden: bool) -> Vec<Change> {
    if mutated.whole.is_some() {
        return Vec::new();
    }
    let mut changes = part("header", &control.header, &mutated.header, false);
    changes.extend(part("payload", &control.payload, &mutated.payload, hidden));
    changes
}

fn part(name: &str, control: &Text, mutated: &Text, hidden: bool) -> Vec<Change> {
    let (Text::Json(control), Text::Json(mutated)) = (control, mutated) else {
        return Vec::new();
    };
    let gone = control.members().iter().filter(|member| !has_name(mutated, member));
    let new = mutated.members().iter().filter(|member| !control.members().contains(member));
    let value = |text: &str| if hidden { without(text, control) } else { text.to_owned() };
    gone.map(|member| format!("{name}  - {}: {}", shown(&member.name), shown(&value(&member.value))))
        .chain(new.map(|member| describe_new(name, control, member, &value)))
        .map(Change::phrase)
        .collect()
}

fn has_name(object: &Object, member: &Member) -> bool {
    object.position(&member.plain_name()).is_some()
}

fn describe_new(part: &str, control: &Object, member: &Member, value: &impl Fn(&str) -> String) -> String {
    match control.get(&member.plain_name()) {
        Some(was) if was != member.value => {
            format!("{part}  ~ {}: {} -> {}", shown(&member.name), shown(&value(was)), shown(&value(&member.value)))
        }
        _ => format!("{part}  + {}: {}", shown(&member.name), shown(&value(&member.value))),
    }
}

/// A value without those of the control in it.
fn without(text: &str, control: &Object) -> String {
    const LEAST: usize = 4;
    if control.members().iter().any(|member| member.value == text) {
        return AS_ISSUED.to_owned();
    }
    let values = control.members().iter().map(|member| member.value.trim_matches('"'));
    values.filter(|value| value.len() >= LEAST).fold(text.to_owned(), |text, value| text.replace(value, AS_ISSUED))
}

/// What stands for a value of a token that is not ours to show.
const AS_ISSUED: &str = "[as issued]";

/// The longest text that is shown whole: a claim may have a megabyte.
const SHOWN: usize = 300;

fn shown(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}... ({} bytes)", text.get(..end).unwrap_or_default(), text.len()).into(),
        None => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_value_is_told_by_its_beginning_and_its_length() {
        assert_eq!(shown("\"short\""), "\"short\"");
        let long = shown(&"ä".repeat(1000)).into_owned();
        assert_eq!(long, format!("{}... (2000 bytes)", "ä".repeat(300)));
    }
}
