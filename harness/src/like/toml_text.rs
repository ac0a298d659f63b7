//! Values as TOML text: inline, on one line each.

use serde_json::Value;

/// A key: bare where it can be.
pub(super) fn key(name: &str) -> String {
    let is_bare = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if is_bare { name.to_owned() } else { text(name) }
}

/// A value; JSON's `null`, which TOML has not, becomes an empty text.
pub(super) fn value(value: &Value) -> String {
    match value {
        Value::Null => text(""),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(string) => text(string),
        Value::Array(items) => format!("[{}]", items.iter().map(self::value).collect::<Vec<_>>().join(", ")),
        Value::Object(members) if members.is_empty() => "{}".to_owned(),
        Value::Object(members) => {
            let members = members.iter().map(|(name, member)| format!("{} = {}", key(name), self::value(member)));
            format!("{{ {} }}", members.collect::<Vec<_>>().join(", "))
        }
    }
}

/// A basic string: JSON's escapes are TOML's.
pub(super) fn text(string: &str) -> String {
    Value::from(string).to_string().replace('\u{7f}', "\\u007f")
}

#[cfg(test)]
mod tests {
    use mock_idp::input::parse_toml;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_written_is_read_the_same() {
        let told = json!({"a": [1, true, "x\"\u{7}\u{7f}ä"], "urn:b": {"c d": {}}, "e": 1.5});
        let line = format!("x = {}", value(&told));
        let root = parse_toml(&line).unwrap();
        assert_eq!(root.to_json()["x"], told);
    }
}
