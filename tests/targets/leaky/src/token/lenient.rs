//! What is nearly JSON, and how the lenient read it.

use std::borrow::Cow;

use serde_json::{Deserializer, Value};

use crate::defect::{Defect, Switch};

/// The text as a strict parser takes it. A sound server repairs nothing.
pub(super) fn repaired(text: &str, defect: Switch) -> Cow<'_, str> {
    match defect.0 {
        Some(Defect::IgnoresTextBehindJson) => first_value(text).into(),
        Some(Defect::TakesRelaxedJson) => relaxed(text).into(),
        _ => text.into(),
    }
}

/// Whatever follows the first value is not looked at.
fn first_value(text: &str) -> &str {
    let mut values = Deserializer::from_str(text).into_iter::<Value>();
    match values.next() {
        Some(Ok(_)) => &text[..values.byte_offset()],
        _ => text,
    }
}

/// Comments dropped, quotes of either kind.
fn relaxed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, comment)) = rest.split_once("/*") {
        out.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    out.replace('\'', "\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_defect_repairs_its_own_fault() {
        for (text, due, defect) in [
            ("{}}x", "{}", Defect::IgnoresTextBehindJson),
            ("{}{}", "{}", Defect::IgnoresTextBehindJson),
            ("{/* a */'b':1}", "{\"b\":1}", Defect::TakesRelaxedJson),
        ] {
            assert_eq!(repaired(text, Switch(None)), text);
            assert_eq!(repaired(text, Switch(Some(defect))), due, "{defect}");
        }
    }
}
