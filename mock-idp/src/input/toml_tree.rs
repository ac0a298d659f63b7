use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::node::join;
use super::{Entry, InputError, Node, Value};

/// Parses TOML text into the input tree, with the span of every name and value.
///
/// # Errors
///
/// When the text is not TOML, or holds a date (no scenario needs one) or an
/// integer beyond 64 bits.
pub fn parse_toml(text: &str) -> Result<Node, InputError> {
    parse(text, Dates::Refused)
}

/// As [`parse_toml`], for files that speak of days: a date is read as its text.
///
/// # Errors
///
/// As for [`parse_toml`], but for dates.
pub fn parse_toml_with_dates(text: &str) -> Result<Node, InputError> {
    parse(text, Dates::AsTexts)
}

#[derive(Clone, Copy)]
enum Dates {
    Refused,
    AsTexts,
}

fn parse(text: &str, dates: Dates) -> Result<Node, InputError> {
    let table = DeTable::parse(text).map_err(|error| InputError {
        path: String::new(),
        span: error.span(),
        message: format!("this is not TOML: {}", error.message()),
        help: None,
    })?;
    let span = table.span();
    Ok(Node { path: String::new(), span: Some(span), value: from_table(table.get_ref(), "", dates)? })
}

fn from_table(table: &DeTable<'_>, path: &str, dates: Dates) -> Result<Value, InputError> {
    let mut entries = Vec::new();
    for (name, value) in table {
        let path = join(path, name.get_ref());
        entries.push(Entry {
            name: name.get_ref().to_string(),
            name_span: Some(name.span()),
            node: from_value(value, path, dates)?,
        });
    }
    // The parser's map may sort: the order of the source is part of the meaning.
    entries.sort_by_key(|entry| entry.name_span.as_ref().map_or(0, |span| span.start));
    Ok(Value::Table(entries))
}

fn from_value(value: &Spanned<DeValue<'_>>, path: String, dates: Dates) -> Result<Node, InputError> {
    let mut node = Node { path, span: Some(value.span()), value: Value::Null };
    node.value = match value.get_ref() {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Boolean(flag) => Value::Bool(*flag),
        DeValue::Integer(integer) => {
            i64::from_str_radix(&integer.as_str().replace('_', ""), integer.radix()).map(Value::Integer).map_err(
                |_| node.error("this integer does not fit 64 bits").with_help("write it as raw JSON text: raw = '…'"),
            )?
        }
        DeValue::Float(float) => {
            float.as_str().replace('_', "").parse().map(Value::Float).map_err(|_| node.error("this is not a number"))?
        }
        DeValue::Datetime(date) => match dates {
            Dates::AsTexts => Value::String(date.to_string()),
            Dates::Refused => {
                return Err(node.error("a date has no use here").with_help("write { now = SECONDS } or a string"));
            }
        },
        DeValue::Array(items) => Value::Array(
            items
                .iter()
                .enumerate()
                .map(|(i, item)| from_value(item, format!("{}[{i}]", node.path), dates))
                .collect::<Result<_, _>>()?,
        ),
        DeValue::Table(table) => from_table(table, &node.path, dates)?,
    };
    Ok(node)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_knows_its_path_and_its_place() {
        let text = "a = [ { b = 1 }, { b = 2 } ]";
        let root = parse_toml(text).unwrap();
        let Value::Table(entries) = &root.value else { panic!("not a table") };
        let Value::Array(items) = &entries[0].node.value else { panic!("not an array") };
        let Value::Table(second) = &items[1].value else { panic!("not a table") };
        assert_eq!(second[0].node.path, "a[1].b");
        assert_eq!(&text[second[0].node.span.clone().unwrap()], "2");
    }

    #[test]
    fn a_date_is_read_as_its_text_where_days_are_spoken_of() {
        let root = parse_toml_with_dates("until = [2027-01-31]").unwrap();
        let Value::Table(entries) = &root.value else { panic!("not a table") };
        assert_eq!(entries[0].node.to_json(), serde_json::json!(["2027-01-31"]));
        assert_eq!(parse_toml("until = 2027-01-31").unwrap_err().message, "a date has no use here");
    }

    #[test]
    fn text_that_is_not_toml_is_refused_with_its_place() {
        let error = parse_toml("a = = 1").unwrap_err();
        assert!(error.span.is_some(), "{error:?}");
    }
}
