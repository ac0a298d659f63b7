//! Values of expressions, templates and bytes in a context.

use aws_lc_rs::digest::{self, SHA1_FOR_LEGACY_USE_ONLY, SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::context::{ForgeContext, ForgeError};
use super::draft::Text;
use crate::json::{Object, quote};
use crate::keys::{KeyKind, KeyName};
use crate::mutation::{Bytes, Expression, Template, TextOperation, ThumbprintDigest};

impl ForgeContext {
    /// The value of a placeholder.
    fn placeholder(&self, name: &str) -> Vec<u8> {
        match name {
            "kid" => self.keys.active().kid().as_bytes().to_vec(),
            "second_kid" => self.kid(KeyName::SecondIssuer).unwrap_or_default().into_bytes(),
            "token_id" => self.token_id.as_bytes().to_vec(),
            "uuid" => self.random.uuid().into_bytes(),
            "alg" => self.algorithm().name().as_bytes().to_vec(),
            "other_kid" => self.keys.other().map_or("", |key| key.kid()).as_bytes().to_vec(),
            _ => crate::mutation::setting(&self.settings, name).unwrap_or_default().into_bytes(),
        }
    }

    pub(crate) fn render_text(&self, template: &Template) -> String {
        String::from_utf8_lossy(&template.render(|name| self.placeholder(name))).into_owned()
    }

    /// The same, where `{n}` is that number.
    pub(crate) fn render_numbered(&self, template: &Template, n: usize) -> String {
        let value = |name: &str| if name == "n" { n.to_string().into_bytes() } else { self.placeholder(name) };
        String::from_utf8_lossy(&template.render(value)).into_owned()
    }

    pub(crate) fn bytes(&self, bytes: &Bytes) -> Vec<u8> {
        bytes.render(&self.random, &|name| self.placeholder(name))
    }

    /// JSON text of an expression that stands in that object.
    pub(crate) fn value_in(&self, object: &Object, expression: &Expression) -> Result<String, ForgeError> {
        self.evaluate(expression, &Text::Json(object.clone()))
    }

    /// The text of an expression that is one.
    pub(super) fn evaluate_text(&self, expression: &Expression, control: &Text) -> Result<String, ForgeError> {
        let json = self.evaluate(expression, control)?;
        Ok(serde_json::from_str(&json).unwrap_or(json))
    }

    /// JSON text of an expression; `control` is the part that it stands in.
    pub(super) fn evaluate(&self, expression: &Expression, control: &Text) -> Result<String, ForgeError> {
        Ok(match expression {
            Expression::Text(template) => quote(&self.render_text(template)),
            Expression::Json(text) => text.clone(),
            Expression::List(items) => {
                let items: Result<Vec<String>, _> = items.iter().map(|item| self.evaluate(item, control)).collect();
                format!("[{}]", items?.join(","))
            }
            Expression::Now { seconds, leeways, text, times } => {
                let number = self.time(*seconds, *leeways, *times);
                if *text { quote(&number) } else { number }
            }
            Expression::Derived { of, operations } => quote(&derive(self.render_text(of), operations)),
            Expression::Control { name, plus } => control_value(control, name, *plus)?,
            Expression::Random(count) => quote(&self.random.base64url(*count)),
            Expression::Jwk { key, kid } => {
                let mut jwk = self.brought_jwk(*key)?;
                if let Some(kid) = kid {
                    jwk = jwk.with("kid", self.render_text(kid));
                }
                jwk.to_text()
            }
            Expression::Kid(key) => quote(&self.kid(*key)?),
            Expression::RandomJwk(bits) => self.random_jwk(*bits).to_text(),
            Expression::X5c { key, times, name } => {
                let certificate = self.certificate(*key, name.as_ref().map(|name| self.render_text(name)))?;
                let entry = quote(&STANDARD.encode(certificate.der()));
                format!("[{}]", vec![entry; *times].join(","))
            }
            Expression::CertificateThumbprint { key, digest } => {
                let algorithm = match digest {
                    ThumbprintDigest::Sha1 => &SHA1_FOR_LEGACY_USE_ONLY,
                    ThumbprintDigest::Sha256 => &SHA256,
                };
                let digest = digest::digest(algorithm, self.certificate(*key, None)?.der());
                quote(&URL_SAFE_NO_PAD.encode(digest))
            }
            Expression::Many { count, of } => {
                let item = |number: usize| {
                    let number = number.to_string();
                    let text =
                        of.render(|name| if name == "n" { number.as_bytes().to_vec() } else { self.placeholder(name) });
                    quote(&String::from_utf8_lossy(&text))
                };
                format!("[{}]", (0..*count).map(item).collect::<Vec<_>>().join(","))
            }
        })
    }

    /// What a token brings along of a key. The attacker's secret is there for all to
    /// read; the issuer's is shown by nothing.
    fn brought_jwk(&self, name: KeyName) -> Result<Object, ForgeError> {
        let key = self.key(name)?;
        let jwk = key.bare_jwk();
        match key.expose_secret() {
            Some(secret) if name.is_attackers() => Ok(jwk.with("k", URL_SAFE_NO_PAD.encode(secret))),
            Some(_) => Err(ForgeError::NoPublicHalf { algorithm: key.algorithm() }),
            None => Ok(jwk),
        }
    }

    fn certificate(&self, key: KeyName, name: Option<String>) -> Result<rcgen::Certificate, ForgeError> {
        let key = self.key(key)?;
        if key.kind() == KeyKind::Secret {
            return Err(ForgeError::NoPublicHalf { algorithm: key.algorithm() });
        }
        match name {
            Some(name) => key.certificate_named(&name),
            None => key.certificate(),
        }
        .ok_or(ForgeError::NoPublicKey)
    }

    /// An RSA public key with a modulus of exactly so many bits, which has no
    /// factors that anyone knows.
    fn random_jwk(&self, bits: usize) -> Object {
        let mut modulus = self.random.bytes(bits.div_ceil(8));
        let top = (bits - 1) % 8;
        if let Some(first) = modulus.first_mut() {
            *first = (*first & (0xff >> (7 - top))) | 1 << top;
        }
        if let Some(last) = modulus.last_mut() {
            *last |= 1;
        }
        Object::new().with("kty", "RSA").with("e", "AQAB").with("n", URL_SAFE_NO_PAD.encode(modulus))
    }

    /// Seconds to the millisecond; a whole number where there is no fraction.
    #[expect(clippy::cast_possible_truncation, reason = "bounded by the cast itself, which saturates")]
    fn time(&self, seconds: f64, leeways: i64, times: i64) -> String {
        let base = self.now.saturating_add(self.settings.leeway.saturating_mul(leeways));
        let millis = i128::from(base) * 1000 + i128::from((seconds * 1000.0).round() as i64);
        let millis = millis.saturating_mul(i128::from(times));
        let (whole, rest) = (millis.div_euclid(1000), millis.rem_euclid(1000));
        if rest == 0 { whole.to_string() } else { format!("{whole}.{rest:03}") }
    }
}

fn control_value(control: &Text, name: &str, plus: i64) -> Result<String, ForgeError> {
    let missing = || ForgeError::NoSuchMember { part: "token", name: name.to_owned() };
    let value = control.object().and_then(|object| object.get(name)).ok_or_else(missing)?;
    if plus == 0 {
        return Ok(value.to_owned());
    }
    let number: i64 = value.parse().map_err(|_| ForgeError::NotANumber { name: name.to_owned() })?;
    Ok(number.saturating_add(plus).to_string())
}

fn derive(text: String, operations: &[TextOperation]) -> String {
    operations.iter().fold(text, |text, operation| match operation {
        TextOperation::DropFirst(count) => text.chars().skip(*count).collect(),
        TextOperation::DropLast(count) => {
            let keep = text.chars().count().saturating_sub(*count);
            text.chars().take(keep).collect()
        }
        TextOperation::Replace(from, to) => text.replace(from.as_str(), to),
        TextOperation::Append(more) => text + more,
        TextOperation::Insert(more) => {
            let (before, behind): (Vec<char>, Vec<char>) = halves(&text);
            before.into_iter().chain(more.chars()).chain(behind).collect()
        }
        TextOperation::Lower => text.to_lowercase(),
        TextOperation::Upper => text.to_uppercase(),
        TextOperation::Title => title(&text),
    })
}

/// The letters before the middle, and those behind it.
fn halves(text: &str) -> (Vec<char>, Vec<char>) {
    let letters: Vec<char> = text.chars().collect();
    let (before, behind) = letters.split_at(letters.len() / 2);
    (before.to_vec(), behind.to_vec())
}

fn title(text: &str) -> String {
    let mut at_start = true;
    text.chars()
        .map(|character| {
            let upper = if at_start { character.to_ascii_uppercase() } else { character };
            at_start = matches!(character, '_' | '-' | '.' | ':' | '/');
            upper
        })
        .collect()
}
