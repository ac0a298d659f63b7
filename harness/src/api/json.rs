//! A value at a place of a JSON document (RFC 6901), byte for byte.

use serde_json::Value;

use super::encode;

/// What stands in the document until the value takes its place: no user writes it.
const MARK: &str = "\u{1}badpenny\u{1}";
/// The same as it is written.
const WRITTEN_MARK: &[u8] = b"\"\\u0001badpenny\\u0001\"";

/// The document with a text at that place; objects on the way are made. `None`
/// where it is no JSON, or has no such place.
pub(super) fn with(document: &[u8], pointer: &str, text: &[u8]) -> Option<Vec<u8>> {
    written(document, pointer, &[b"\"", &*encode::json(text), b"\""].concat())
}

/// The document with one more member of the same name behind the one that is
/// there; `None` where there is none.
pub(super) fn with_second(document: &[u8], pointer: &str, text: &[u8]) -> Option<Vec<u8>> {
    let first = serde_json::from_slice::<Value>(document).ok()?.pointer(pointer)?.clone();
    let name = Value::String(names(pointer).pop()?).to_string();
    let both = [first.to_string().as_bytes(), b",", name.as_bytes(), b":\"", &encode::json(text), b"\""].concat();
    written(document, pointer, &both)
}

/// The document without what stands there; `None` where nothing does.
pub(super) fn without(document: &[u8], pointer: &str) -> Option<Vec<u8>> {
    let mut value: Value = serde_json::from_slice(document).ok()?;
    let (parent, _) = pointer.rsplit_once('/')?;
    let name = names(pointer).pop()?;
    match value.pointer_mut(parent)? {
        Value::Object(members) => drop(members.remove(&name)?),
        // An item of a list keeps the places of the others.
        Value::Array(items) => *items.get_mut(name.parse::<usize>().ok()?)? = Value::Null,
        _ => return None,
    }
    serde_json::to_vec(&value).ok()
}

fn written(document: &[u8], pointer: &str, value: &[u8]) -> Option<Vec<u8>> {
    let empty = document.trim_ascii().is_empty();
    let mut root: Value = if empty { Value::Null } else { serde_json::from_slice(document).ok()? };
    *place(&mut root, &names(pointer))? = Value::String(MARK.to_owned());
    let text = serde_json::to_vec(&root).ok()?;
    let at = text.windows(WRITTEN_MARK.len()).position(|window| window == WRITTEN_MARK)?;
    Some([&text[..at], value, &text[at + WRITTEN_MARK.len()..]].concat())
}

/// The place, with the objects on the way to it.
fn place<'a>(value: &'a mut Value, names: &[String]) -> Option<&'a mut Value> {
    let Some((name, rest)) = names.split_first() else { return Some(value) };
    if value.is_null() {
        *value = Value::Object(serde_json::Map::new());
    }
    let next = match value {
        Value::Object(members) => members.entry(name.clone()).or_insert(Value::Null),
        Value::Array(items) => items.get_mut(name.parse::<usize>().ok()?)?,
        _ => return None,
    };
    place(next, rest)
}

/// The reference tokens of a pointer (RFC 6901, section 4).
fn names(pointer: &str) -> Vec<String> {
    pointer.split('/').skip(1).map(|name| name.replace("~1", "/").replace("~0", "~")).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("", "/token", r#"{"token":"t\"x"}"#)]
    #[case(r#"{"token":1,"z":[2]}"#, "/token", r#"{"token":"t\"x","z":[2]}"#)]
    #[case(r#"{"a":{}}"#, "/a/b~1c/d", r#"{"a":{"b/c":{"d":"t\"x"}}}"#)]
    #[case(r#"[1,{"t":2}]"#, "/1/t", r#"[1,{"t":"t\"x"}]"#)]
    fn a_text_is_put_where_the_pointer_leads(#[case] document: &str, #[case] pointer: &str, #[case] expected: &str) {
        let with = with(document.as_bytes(), pointer, b"t\"x").unwrap();
        assert_eq!(String::from_utf8(with).unwrap(), expected);
    }

    #[test]
    fn what_leads_nowhere_is_told() {
        assert_eq!(with(b"no JSON", "/a", b"t"), None);
        assert_eq!(with(br#"{"a":"text"}"#, "/a/b", b"t"), None);
        assert_eq!(with(b"[1]", "/7", b"t"), None);
        assert_eq!(without(b"{}", "/a"), None);
    }

    #[test]
    fn a_member_can_stand_twice_and_go() {
        let twice = with_second(br#"{"a":{"t":"x"}}"#, "/a/t", b"y").unwrap();
        assert_eq!(twice, br#"{"a":{"t":"x","t":"y"}}"#);
        assert_eq!(without(br#"{"a":{"t":"x"},"b":1}"#, "/a/t").unwrap(), br#"{"a":{},"b":1}"#);
        assert_eq!(without(br#"["t",2]"#, "/0").unwrap(), b"[null,2]");
    }

    #[test]
    fn bytes_that_are_no_text_arrive() {
        assert_eq!(with(b"{}", "/t", b"a\xff").unwrap(), b"{\"t\":\"a\xff\"}");
    }
}
