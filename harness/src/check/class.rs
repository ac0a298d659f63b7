use crate::http::Answer;
use crate::verdict::ChallengeClass;

/// The class of an answer's challenge.
#[must_use]
pub fn challenge_class(answer: &Answer) -> ChallengeClass {
    if answer.header("WWW-Authenticate").is_none() {
        return ChallengeClass::None;
    }
    let challenges = answer.challenges();
    if !challenges.errors.is_empty() {
        return ChallengeClass::Malformed;
    }
    let Some(bearer) = challenges.of_scheme("Bearer").next() else { return ChallengeClass::OtherScheme };
    match bearer.text("error") {
        // Anything but a code may be text of the token's: it stays out of reports.
        Some(code) if is_code(&code) => ChallengeClass::Error(code.into_owned()),
        Some(_) => ChallengeClass::OddError,
        None if bearer.params().is_empty() => ChallengeClass::Bare,
        None => ChallengeClass::Bearer,
    }
}

/// The shape of an error code (RFC 6750, section 3.1).
fn is_code(text: &str) -> bool {
    (1..=40).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(value: &str) -> ChallengeClass {
        challenge_class(&Answer::new(401).with_header("www-authenticate", value))
    }

    #[test]
    fn challenges_fall_into_classes() {
        assert_eq!(class("Bearer realm=\"api\""), ChallengeClass::Bearer);
        assert_eq!(class("bearer error=\"invalid_token\""), ChallengeClass::Error("invalid_token".into()));
        assert_eq!(class("Bearer error=\"eyJhbGciOi\""), ChallengeClass::OddError);
        assert_eq!(class("Bearer"), ChallengeClass::Bare);
        assert_eq!(class("Basic realm=\"x\""), ChallengeClass::OtherScheme);
        assert_eq!(class("Bearer realm=\"x"), ChallengeClass::Malformed);
        assert_eq!(challenge_class(&Answer::new(401)), ChallengeClass::None);
    }
}
