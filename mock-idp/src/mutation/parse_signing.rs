//! Readers of the words about signing: `alg`, `sign`, `signature`, `jwe`.

use super::Bytes;
use super::edit::{
    BitPlace, ContentEncryption, EcdsaNumbers, Edit, HmacSecret, Jwe, JweContent, JweKey, PaddingFault, RsaNumber,
    SecretPart, SignatureChange, Signer, SigningChoice,
};
use crate::input::{InputError, Node, Table, Value};
use crate::keys::{Algorithm, KeyName, PublicForm};

const SIGNATURES: &[(&str, SignatureChange)] = &[
    ("strip", SignatureChange::Strip),
    ("half", SignatureChange::Half),
    ("zero", SignatureChange::Zero),
    ("of-control", SignatureChange::OfControl),
    ("of-another-token", SignatureChange::OfAnotherToken),
    ("der", SignatureChange::Der),
    ("other-s", SignatureChange::OtherS),
];

pub(super) fn algorithm(node: &Node, _: &Table<'_>) -> Result<Edit, InputError> {
    node.as_choice(&Algorithm::ALL)
        .map(Edit::Algorithm)
        .map_err(|error| error.with_help("to state another name than is used: { header = \"alg\", set = \"…\" }"))
}

/// `sign = KEY` or `sign = "hmac"` with `public-key = FORM`, `secret = BYTES` or
/// `shared-secret = PART`.
pub(super) fn sign(node: &Node, table: &Table<'_>) -> Result<Edit, InputError> {
    let algorithm = table.get("with").map(|with| with.as_choice(&Algorithm::ALL)).transpose()?;
    let choice = if node.as_str()? == "hmac" {
        SigningChoice::Hmac(hmac_secret(table)?)
    } else {
        SigningChoice::Key(node.as_choice(&KeyName::ALL)?)
    };
    let is_hmac = matches!(choice, SigningChoice::Hmac(_));
    if algorithm.is_some_and(|algorithm| algorithm.is_hmac() != is_hmac) {
        return Err(node.error("the algorithm in `with` is of another kind than the key"));
    }
    Ok(Edit::Sign(Signer { choice, algorithm }))
}

fn hmac_secret(table: &Table<'_>) -> Result<HmacSecret, InputError> {
    if let Some(form) = table.get("public-key") {
        return form.as_choice(&PublicForm::ALL).map(HmacSecret::PublicKey);
    }
    if let Some(part) = table.get("shared-secret") {
        return part.as_choice(&SecretPart::ALL).map(HmacSecret::Shared);
    }
    Bytes::from_node(table.require("secret")?).map(HmacSecret::Bytes)
}

pub(super) fn signature(node: &Node, _: &Table<'_>) -> Result<Edit, InputError> {
    if matches!(node.value, Value::String(_)) {
        return node.as_choice_of(SIGNATURES).map(Edit::Signature);
    }
    let table = node.as_table().map_err(|_| node.expected("a word such as \"strip\", or a table"))?;
    let change = signature_table(&table)?;
    table.finish()?;
    Ok(Edit::Signature(change))
}

fn signature_table(table: &Table<'_>) -> Result<SignatureChange, InputError> {
    if let Some(place) = table.get("flip-bit") {
        let places = [("first", BitPlace::First), ("middle", BitPlace::Middle), ("last", BitPlace::Last)];
        return place.as_choice(&places).map(SignatureChange::FlipBit);
    }
    if let Some(count) = table.get("truncate") {
        return count.as_count(1 << 16).map(SignatureChange::Truncate);
    }
    if let Some(count) = table.get("keep") {
        return count.as_count(1 << 16).map(SignatureChange::Keep);
    }
    if let Some(bytes) = table.get("append") {
        return Bytes::from_node(bytes).map(SignatureChange::Append);
    }
    if let Some(bytes) = table.get("prepend") {
        return Bytes::from_node(bytes).map(SignatureChange::Prepend);
    }
    if let Some(bytes) = table.get("replace") {
        return Bytes::from_node(bytes).map(SignatureChange::Replace);
    }
    if let Some(fault) = table.get("padding") {
        return fault.as_choice(PADDINGS).map(SignatureChange::Padding);
    }
    if let Some(number) = table.get("number") {
        return rsa_number(number).map(SignatureChange::Rsa);
    }
    if let Some(numbers) = table.get("ecdsa") {
        return numbers.as_choice(ECDSA_NUMBERS).map(SignatureChange::Ecdsa);
    }
    let known = "flip-bit, truncate, keep, append, prepend, replace, padding, number, ecdsa";
    Err(table.node().error(format!("expected one of {known}")))
}

const PADDINGS: &[(&str, PaddingFault)] = &[
    ("long-length", PaddingFault::LongLength),
    ("trailing-bytes", PaddingFault::TrailingBytes),
    ("missing-null", PaddingFault::MissingNull),
    ("short-filler", PaddingFault::ShortFiller),
    ("block-type-2", PaddingFault::BlockType2),
];

const ECDSA_NUMBERS: &[(&str, EcdsaNumbers)] = &[
    ("zero", EcdsaNumbers::Zero),
    ("zero-one", EcdsaNumbers::ZeroOne),
    ("order", EcdsaNumbers::Order),
    ("order-minus-one", EcdsaNumbers::OrderMinusOne),
];

/// `0`, `1`, `"n-1"`, `"n"` or `"n+1"`.
fn rsa_number(node: &Node) -> Result<RsaNumber, InputError> {
    match &node.value {
        Value::Integer(0) => Ok(RsaNumber::Zero),
        Value::Integer(1) => Ok(RsaNumber::One),
        Value::String(text) if text == "n-1" => Ok(RsaNumber::BelowModulus),
        Value::String(text) if text == "n" => Ok(RsaNumber::Modulus),
        Value::String(text) if text == "n+1" => Ok(RsaNumber::AboveModulus),
        _ => Err(node.error("expected 0, 1, \"n-1\", \"n\" or \"n+1\"")),
    }
}

/// The most bytes that a compressed token expands to: 256 MiB.
const ZIP_LIMIT: usize = 256 << 20;

/// `jwe = "rsa-oaep-256" | "dir" | "a256kw" | "pbes2"`, with `unsecured` or
/// `claims`, `enc`, `iterations` and `zip-bomb`.
pub(super) fn jwe(node: &Node, table: &Table<'_>) -> Result<Edit, InputError> {
    let iterations = table.get("iterations").map(|count| count.as_count(u32::MAX as usize)).transpose()?;
    let iterations = iterations.and_then(|count| u32::try_from(count).ok()).unwrap_or(310_000);
    let key = node.as_choice_of(&[
        ("rsa-oaep-256", JweKey::RsaOaep256),
        ("dir", JweKey::DirectPublicKey),
        ("a256kw", JweKey::A256KwPublicKey),
        ("pbes2", JweKey::Pbes2 { iterations }),
    ])?;
    let zip_bomb = table.get("zip-bomb").map(|size| size.as_count(ZIP_LIMIT)).transpose()?;
    let encryption = table.get("enc").map(|name| name.as_choice(&ContentEncryption::ALL)).transpose()?;
    Ok(Edit::Jwe(Jwe {
        key,
        content: jwe_content(table)?,
        encryption: encryption.unwrap_or(ContentEncryption::A256Gcm),
        zip_bomb: zip_bomb.map(|size| size as u64),
    }))
}

fn jwe_content(table: &Table<'_>) -> Result<JweContent, InputError> {
    match (table.flag("unsecured")?, table.flag("claims")?) {
        (false, false) => Ok(JweContent::Token),
        (true, false) => Ok(JweContent::Unsecured),
        (false, true) => Ok(JweContent::Claims),
        (true, true) => Err(table.node().error("one thing is encrypted: `unsecured` or `claims`")),
    }
}
