use super::edit::{
    Edit, MemberChange, Part, Piece, Place, RoleChange, Segment, SegmentChange, Serialization, TextChange, TokenKind,
};
use super::parse_signing;
use super::{Bytes, Expression, Template};
use crate::dialect::Role;
use crate::input::{InputError, Node, Table};

/// Reads one word's table.
type Reader = fn(&Node, &Table<'_>) -> Result<Edit, InputError>;

/// The words of the language, each with its reader.
const WORDS: &[(&str, Reader)] = &[
    ("kind", |node, _| node.as_choice(KINDS).map(Edit::Kind)),
    ("claim", |node, table| member(Part::Payload, node, table)),
    ("header", |node, table| member(Part::Header, node, table)),
    ("role", role),
    ("scopes", |node, _| scopes(node)),
    ("text", text),
    ("alg", parse_signing::algorithm),
    ("sign", parse_signing::sign),
    ("signature", parse_signing::signature),
    ("segment", segment),
    ("segments", |node, _| segments(node)),
    ("serialization", serialization),
    ("nested", |node, _| {
        if node.as_bool()? { Ok(Edit::Nested) } else { Err(node.error("write `nested = true` or leave it out")) }
    }),
    ("jwe", parse_signing::jwe),
    ("token", |node, _| Bytes::from_node(node).map(Edit::Token)),
];

const KINDS: &[(&str, TokenKind)] = &[
    ("client-credentials", TokenKind::ClientCredentials),
    ("authorization-code", TokenKind::AuthorizationCode),
    ("id-token", TokenKind::IdToken),
    ("client-assertion", TokenKind::ClientAssertion),
    ("refresh-token", TokenKind::RefreshToken),
    ("org-access-token", TokenKind::OrgAccessToken),
];

const SERIALIZATIONS: &[(&str, Serialization)] = &[
    ("flattened", Serialization::Flattened),
    ("general", Serialization::General),
    ("flattened-base64", Serialization::FlattenedBase64),
    ("general-base64", Serialization::GeneralBase64),
    ("unprotected-none", Serialization::UnprotectedNone),
    ("unprotected-hs256", Serialization::UnprotectedHs256),
    ("polyglot", Serialization::Polyglot { fill: 0 }),
    ("polyglot-leading-space", Serialization::PolyglotLeadingSpace),
];

const SEGMENTS: &[(&str, Segment)] =
    &[("header", Segment::Header), ("payload", Segment::Payload), ("signature", Segment::Signature)];

/// Reads one edit: the first member is its word.
pub(super) fn edit(node: &Node) -> Result<Edit, InputError> {
    let table = node.as_table()?;
    let (value, reader) = table.word(WORDS, "an edit")?;
    let edit = reader(value, &table)?;
    table.finish()?;
    Ok(edit)
}

fn member(part: Part, name: &Node, table: &Table<'_>) -> Result<Edit, InputError> {
    let change = if let Some(value) = table.get("set") {
        MemberChange::Set(Expression::from_node(value)?)
    } else if let Some(raw) = table.get("raw") {
        MemberChange::Raw(Template::from_node(raw, Template::SETTINGS)?)
    } else if table.flag("remove")? {
        MemberChange::Remove
    } else if let Some(name) = table.text("rename")? {
        MemberChange::Rename(name.to_owned())
    } else if table.flag("escape-name")? {
        MemberChange::EscapeName
    } else if let Some(value) = table.get("duplicate") {
        let place = table.require("as")?.as_choice(&[("first", Place::First), ("last", Place::Last)])?;
        MemberChange::Duplicate { value: Expression::from_node(value)?, place }
    } else {
        return Err(table.node().error("expected one of set, raw, remove, rename, escape-name, duplicate"));
    };
    Ok(Edit::Member { part, name: name.as_str()?.to_owned(), change })
}

fn role(role: &Node, table: &Table<'_>) -> Result<Edit, InputError> {
    let change = if let Some(value) = table.get("set") {
        RoleChange::Set(Expression::from_node(value)?)
    } else if let Some(raw) = table.get("raw") {
        RoleChange::Raw(Template::from_node(raw, Template::SETTINGS)?)
    } else if table.flag("remove")? {
        RoleChange::Remove
    } else {
        return Err(table.node().error("expected one of set, raw, remove"));
    };
    Ok(Edit::Role { role: role.as_choice(&Role::ALL)?, change })
}

fn scopes(node: &Node) -> Result<Edit, InputError> {
    node.as_array()?.iter().map(scope).collect::<Result<_, _>>().map(Edit::Scopes)
}

/// A text, or one with operations on it.
fn scope(node: &Node) -> Result<Expression, InputError> {
    match Expression::from_node(node)? {
        text @ (Expression::Text(_) | Expression::Derived { .. }) => Ok(text),
        _ => Err(node.expected("a text, or { of = TEXT, ... }")),
    }
}

fn text(part: &Node, table: &Table<'_>) -> Result<Edit, InputError> {
    let part = part.as_choice(&[("header", Part::Header), ("payload", Part::Payload)])?;
    let change = if let Some(bytes) = table.get("replace") {
        TextChange::Replace(Bytes::from_node(bytes)?)
    } else if let Some(bytes) = table.get("append") {
        TextChange::Append(Bytes::from_node(bytes)?)
    } else if let Some(bytes) = table.get("prepend") {
        TextChange::Prepend(Bytes::from_node(bytes)?)
    } else if let Some(count) = table.get("keep") {
        TextChange::Keep(count.as_count(1 << 20)?)
    } else {
        table.require("as")?.as_choice_of(&[
            ("utf-16le", TextChange::Utf16Le),
            ("utf-16be", TextChange::Utf16Be),
            ("utf-8-bom", TextChange::Utf8Bom),
            ("pretty", TextChange::Pretty),
            ("escaped-names", TextChange::EscapedNames),
        ])?
    };
    Ok(Edit::Text { part, change })
}

fn segment(segment: &Node, table: &Table<'_>) -> Result<Edit, InputError> {
    let segment = segment.as_choice(SEGMENTS)?;
    let change = if let Some(bytes) = table.get("append") {
        SegmentChange::Append(Bytes::from_node(bytes)?)
    } else if let Some(bytes) = table.get("prepend") {
        SegmentChange::Prepend(Bytes::from_node(bytes)?)
    } else if let Some(bytes) = table.get("insert") {
        SegmentChange::Insert(Bytes::from_node(bytes)?)
    } else {
        table.require("as")?.as_choice_of(&[
            ("standard-alphabet", SegmentChange::StandardAlphabet),
            ("loose-tail-bits", SegmentChange::LooseTailBits),
        ])?
    };
    let signed = table.flag("signed")?;
    if signed && segment == Segment::Signature {
        return Err(table.node().error("a signature can't be signed: leave `signed` out"));
    }
    Ok(Edit::Segment { segment, change, signed })
}

fn segments(node: &Node) -> Result<Edit, InputError> {
    let piece = |item: &Node| {
        let text = item.as_str()?;
        let own = SEGMENTS.iter().find(|(name, _)| *name == text).map(|(_, segment)| Piece::Own(*segment));
        Ok(own.unwrap_or_else(|| Piece::Literal(text.to_owned())))
    };
    node.as_array()?.iter().map(piece).collect::<Result<_, _>>().map(Edit::Segments)
}

/// The most characters before the prefix of a polyglot.
const MOST_FILL: usize = 64;

fn serialization(form: &Node, table: &Table<'_>) -> Result<Edit, InputError> {
    let form = form.as_choice(SERIALIZATIONS)?;
    let form = match (form, table.get("fill")) {
        (Serialization::Polyglot { .. }, Some(fill)) => Serialization::Polyglot { fill: fill.as_count(MOST_FILL)? },
        (_, Some(fill)) => return Err(fill.error("only a \"polyglot\" can be filled: leave `fill` out")),
        (form, None) => form,
    };
    Ok(Edit::Serialization(form))
}

impl Node {
    /// As [`Node::as_choice`], for choices that are cloned.
    pub(crate) fn as_choice_of<T: Clone>(&self, choices: &[(&'static str, T)]) -> Result<T, InputError> {
        let numbered: Vec<(&'static str, usize)> =
            choices.iter().enumerate().map(|(i, (name, _))| (*name, i)).collect();
        self.as_choice(&numbered).map(|at| choices[at].1.clone())
    }
}

#[cfg(test)]
mod tests {
    use crate::mutation::Mutation;

    fn message(json: &str) -> String {
        Mutation::from_json(&serde_json::from_str(json).unwrap()).unwrap_err().to_string()
    }

    #[test]
    fn a_wrong_word_says_where_and_which_one_was_meant() {
        assert_eq!(message(r#"[{"clam":"exp"}]"#), "mutation[0]: `clam` is not an edit (did you mean `claim`?)");
        assert_eq!(
            message(r#"[{"claim":"exp","sett":1}]"#),
            "mutation[0]: expected one of set, raw, remove, rename, escape-name, duplicate"
        );
        assert_eq!(
            message(r#"[{"claim":"exp","set":1,"remve":true}]"#),
            "mutation[0].remve: `remve` is not known here (known: claim, set)"
        );
    }

    #[test]
    fn a_wrong_choice_lists_the_choices() {
        let message = message(r#"[{"kind":"idtoken"}]"#);
        assert!(message.contains("did you mean `id-token`?"), "{message}");
    }
}
