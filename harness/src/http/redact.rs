use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use sha2::{Digest, Sha256};

use super::{Answer, Failure, FailureKind, Header, Request};

/// Takes credentials out of what was sent and what came back, before anything
/// is stored or shown.
///
/// Replaced by [`mark`] are the known tokens, each of their dot-separated
/// segments that is longer than 16 bytes, the start of either where a text was
/// cut in the middle of it, and, as a second net, whatever looks like a JWT, also
/// in base64 as Basic has it.
/// A secret shorter than 8 bytes is left alone: no usable token is that short,
/// and its letters occur by chance.
#[derive(Clone, Default)]
pub struct Redactor {
    /// The longest first, so that a token goes before its segments.
    secrets: Vec<Secret>,
}

#[derive(Clone)]
struct Secret {
    bytes: Vec<u8>,
    mark: String,
}

impl Redactor {
    /// A redactor that knows these tokens and other secrets.
    pub fn new<T: AsRef<[u8]>>(secrets: impl IntoIterator<Item = T>) -> Self {
        let mut known: Vec<Vec<u8>> = secrets.into_iter().flat_map(|secret| parts(secret.as_ref())).collect();
        known.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        known.dedup();
        let secrets = known.into_iter().map(Secret::new).collect();
        Self { secrets }
    }

    /// These bytes without credentials.
    #[must_use]
    pub fn bytes(&self, bytes: &[u8]) -> Vec<u8> {
        let mut clean = Vec::with_capacity(bytes.len());
        let mut rest = bytes;
        while let Some((first, after)) = rest.split_first() {
            if let Some(secret) = self.at_start(rest) {
                clean.extend_from_slice(secret.mark.as_bytes());
                rest = &rest[secret.bytes.len().min(rest.len())..];
            } else {
                clean.push(*first);
                rest = after;
            }
        }
        jwt_like(&clean)
    }

    /// This text without credentials.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        lossy(&self.bytes(text.as_bytes()))
    }

    /// This header line without credentials.
    #[must_use]
    pub fn header(&self, header: &Header) -> Header {
        Header::new(self.bytes(&header.name), self.bytes(&header.value))
    }

    /// This request without credentials: its target, header lines and body.
    #[must_use]
    pub fn request(&self, request: &Request) -> Request {
        Request {
            method: request.method.clone(),
            target: self.bytes(&request.target),
            headers: self.headers(&request.headers),
            body: self.bytes(&request.body),
        }
    }

    /// This answer without credentials. Length and hash of its body remain those
    /// of what came.
    #[must_use]
    pub fn answer(&self, mut answer: Answer) -> Answer {
        answer.reason = self.bytes(&answer.reason);
        answer.headers = self.headers(&answer.headers);
        answer.trailers = self.headers(&answer.trailers);
        answer.body.map_kept(|kept| self.bytes(kept));
        if let Some(first) = &mut answer.first_try {
            self.clean_kind(&mut first.kind);
        }
        answer
    }

    /// This failure without credentials, which garbage or a partial answer may
    /// hold.
    #[must_use]
    pub fn failure(&self, mut failure: Failure) -> Failure {
        self.clean_kind(&mut failure.kind);
        if let Some(first) = &mut failure.first_try {
            self.clean_kind(&mut first.kind);
        }
        failure.partial = failure.partial.map(|partial| Box::new(self.answer(*partial)));
        failure
    }

    fn headers(&self, headers: &[Header]) -> Vec<Header> {
        headers.iter().map(|header| self.header(header)).collect()
    }

    fn clean_kind(&self, kind: &mut FailureKind) {
        if let FailureKind::Garbage { shown, .. } = kind {
            *shown = self.text(shown);
        }
    }

    /// The longest secret that these bytes start with, or are cut off in.
    fn at_start(&self, bytes: &[u8]) -> Option<&Secret> {
        let may_be_cut = bytes.len() > SEGMENT_MIN;
        self.secrets
            .iter()
            .find(|secret| bytes.starts_with(&secret.bytes) || (may_be_cut && secret.bytes.starts_with(bytes)))
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let marks = self.secrets.iter().map(|secret| &secret.mark);
        f.debug_list().entries(marks).finish()
    }
}

impl Secret {
    fn new(bytes: Vec<u8>) -> Self {
        let mark = mark(&bytes);
        Self { bytes, mark }
    }
}

/// What stands for a secret: `[token sha256:` and the first 8 hex digits of its
/// hash. A segment has the hash of the segment.
#[must_use]
pub fn mark(secret: &[u8]) -> String {
    let digest = hex(&Sha256::digest(secret));
    format!("[token sha256:{}]", &digest[..8])
}

/// Bytes without what looks like a JWT in compact form (RFC 7515 7.1): segments
/// of base64url joined by dots, of which the first begins like a JSON object.
pub(super) fn jwt_like(bytes: &[u8]) -> Vec<u8> {
    let mut clean = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while !rest.is_empty() {
        let foreign = rest.iter().take_while(|byte| !is_jwt_byte(**byte)).count();
        let (between, from_word) = rest.split_at(foreign);
        let length = from_word.iter().take_while(|byte| is_jwt_byte(**byte)).count();
        let (word, after) = from_word.split_at(length);
        clean.extend_from_slice(between);
        clean.extend_from_slice(&without_jwt(word));
        rest = after;
    }
    without_encoded(&clean)
}

/// Lower-case hex digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Shorter secrets are left alone, in bytes.
const SECRET_MIN: usize = 8;
/// Segments of up to this many bytes are left alone.
const SEGMENT_MIN: usize = 16;

/// `{"`, `{ `, and `{` before a line feed, a tab and a carriage return, in base64url.
const JSON_STARTS: [&[u8]; 5] = [b"eyJ", b"eyA", b"ewo", b"ewk", b"ew0"];

/// A secret and its long segments.
fn parts(secret: &[u8]) -> Vec<Vec<u8>> {
    let whole = (secret.len() >= SECRET_MIN).then(|| secret.to_vec());
    let segments = secret.split(|byte| *byte == b'.').filter(|segment| segment.len() > SEGMENT_MIN).map(<[u8]>::to_vec);
    whole.into_iter().chain(segments).collect()
}

fn is_jwt_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')
}

/// A word of such bytes, of which a JWT (with what follows it) is replaced.
fn without_jwt(word: &[u8]) -> Vec<u8> {
    let start = (0..word.len()).find(|at| {
        let boundary = *at == 0 || word[at - 1] == b'.';
        boundary && begins_jwt(&word[*at..])
    });
    match start {
        None => word.to_vec(),
        Some(start) => [&word[..start], mark(&word[start..]).as_bytes()].concat(),
    }
}

/// Whether a first segment like that of a JWT is followed by another.
fn begins_jwt(bytes: &[u8]) -> bool {
    if !JSON_STARTS.iter().any(|start| bytes.starts_with(start)) {
        return false;
    }
    let mut segments = bytes.splitn(3, |byte| *byte == b'.').map(<[u8]>::len);
    let (first, second) = (segments.next(), segments.next());
    first.is_some_and(|length| length > SEGMENT_MIN) && second.is_some_and(|length| length > 0)
}

/// Shorter texts in base64 hold no token, in bytes.
const ENCODED_MIN: usize = 40;

/// Bytes without what is a JWT once base64 is taken off: the password of Basic, or
/// a subprotocol of a WebSocket. A log may hold one that nobody else knows of.
fn without_encoded(bytes: &[u8]) -> Vec<u8> {
    let is_encoded = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_".contains(byte);
    let mut clean = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while !rest.is_empty() {
        let length = rest.iter().take_while(|byte| is_encoded(byte)).count();
        let (word, after) = rest.split_at(length);
        if length >= ENCODED_MIN && holds_jwt(&decoded(word)) {
            clean.extend_from_slice(mark(word).as_bytes());
        } else {
            clean.extend_from_slice(word);
        }
        let foreign = after.iter().take_while(|byte| !is_encoded(byte)).count();
        clean.extend_from_slice(&after[..foreign]);
        rest = &after[foreign..];
    }
    clean
}

/// As much of a text in either alphabet of base64 as there is.
fn decoded(word: &[u8]) -> Vec<u8> {
    let plain = |byte: &u8| match byte {
        b'-' => b'+',
        b'_' => b'/',
        byte => *byte,
    };
    let whole: Vec<u8> = word[..word.len() - word.len() % 4].iter().map(plain).collect();
    STANDARD_NO_PAD.decode(whole).unwrap_or_default()
}

fn holds_jwt(text: &[u8]) -> bool {
    text.split(|byte| !is_jwt_byte(*byte)).any(|word| without_jwt(word) != word)
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    use rstest::rstest;

    use super::*;
    use crate::http::Sent;

    const HEADER: &str = "eyJraWQiOiJhIiwiYWxnIjoiUlMyNTYifQ";
    const PAYLOAD: &str = "eyJzdWIiOiJhbGljZSJ9";
    const SIGNATURE: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAA";

    fn token() -> String {
        format!("{HEADER}.{PAYLOAD}.{SIGNATURE}")
    }

    fn redactor() -> Redactor {
        Redactor::new([token()])
    }

    #[test]
    fn the_token_goes_before_its_segments() {
        let text = format!("Bearer {} and {PAYLOAD}.x", token());
        let expected = format!("Bearer {} and {}.x", mark(token().as_bytes()), mark(PAYLOAD.as_bytes()));
        assert_eq!(redactor().text(&text), expected);
    }

    #[test]
    fn a_token_that_was_cut_at_the_end_is_replaced() {
        let body = format!("invalid: {}", &token()[..50]);
        let clean = redactor().text(&body);
        assert_eq!(clean, format!("invalid: {}", mark(token().as_bytes())));
    }

    #[rstest]
    #[case(b"Bearer x\xff\0y.z")]
    #[case(b"")]
    #[case(b"no token at all, eyJ.eyJ.eyJ, www.example.com")]
    fn everything_else_stays_byte_for_byte(#[case] bytes: &[u8]) {
        assert_eq!(Redactor::new(["x", "z"]).bytes(bytes), bytes);
    }

    #[test]
    fn a_secret_of_any_bytes_is_replaced() {
        let secret = b"opaque\xff\0token".as_slice();
        let clean = Redactor::new([secret]).bytes(b"<opaque\xff\0token>");
        assert_eq!(clean, format!("<{}>", mark(secret)).as_bytes());
    }

    #[rstest]
    #[case(&format!("id_token={HEADER}.{PAYLOAD}.x&a=b"), "id_token=[token sha256:", "&a=b")]
    #[case(&format!("\"{HEADER}.{PAYLOAD}.\""), "\"[token sha256:", "\"")]
    #[case(&format!("a.{HEADER}.{PAYLOAD}"), "a.[token sha256:", "")]
    #[case("ewogImFsZyI6ICJub25lIiB9.e30.", "[token sha256:", "")]
    fn what_looks_like_a_jwt_is_replaced_unknown_or_not(#[case] text: &str, #[case] start: &str, #[case] end: &str) {
        let clean = Redactor::default().text(text);
        assert!(clean.starts_with(start) && clean.ends_with(end), "{clean}");
        assert!(!clean.contains(HEADER) && !clean.contains("eyJz"), "{clean}");
    }

    #[rstest]
    #[case(STANDARD.encode(format!("me:{}", token())))]
    #[case(URL_SAFE_NO_PAD.encode(token()))]
    #[case(STANDARD.encode(format!("me:{}", token()))[..90].to_owned())]
    fn a_token_in_base64_is_replaced_known_or_not(#[case] encoded: String) {
        let clean = Redactor::default().text(&format!("Authorization: Basic {encoded} 401"));
        assert!(clean.starts_with("Authorization: Basic [token sha256:") && clean.ends_with(" 401"), "{clean}");
        assert!(!clean.contains(&encoded[..40]), "{clean}");
    }

    #[test]
    fn other_texts_in_base64_stay() {
        let text = format!("{} {}", STANDARD.encode([7; 90]), "a".repeat(90));
        assert_eq!(Redactor::default().text(&text), text);
    }

    #[test]
    fn requests_and_answers_are_redacted_in_every_place() {
        let token = token();
        let request = Request::new("GET", format!("/?access_token={token}"))
            .bearer(&token)
            .header("Cookie", format!("t={token}"))
            .raw_body(token.clone());
        let answer = Answer {
            reason: token.clone().into(),
            trailers: vec![Header::new("x", token.clone())],
            ..Answer::new(401).with_header("x", SIGNATURE).with_body(&token)
        };
        let request = redactor().request(&request).to_bytes();
        let answer = redactor().answer(answer);
        let seen = [
            lossy(&request),
            lossy(&answer.reason),
            answer.headers[0].value_text().into(),
            answer.trailers[0].value_text().into(),
            answer.body.text().into(),
        ];
        for text in seen {
            let whole = [HEADER, PAYLOAD, SIGNATURE].iter().all(|part| !text.contains(part));
            assert!(whole && text.contains("[token sha256:"), "{text}");
        }
        assert_eq!(answer.body.length(), token.len() as u64);
    }

    #[test]
    fn garbage_in_a_failure_is_redacted() {
        let failure = Failure {
            kind: FailureKind::garbage("no status line", format!("x{}", token()).as_bytes()),
            sent: Sent::Entirely,
            elapsed: Duration::ZERO,
            reused: false,
            first_try: None,
            partial: None,
        };
        let message = redactor().failure(failure).to_string();
        assert!(!message.contains(HEADER) && message.contains("[token"), "{message}");
    }

    #[test]
    fn debug_shows_no_secret() {
        assert!(!format!("{:?}", redactor()).contains("eyJ"));
    }
}
