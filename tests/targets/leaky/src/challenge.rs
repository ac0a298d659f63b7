//! `WWW-Authenticate` (RFC 6750 3, RFC 9110 11.6.1).

use crate::answer::Refusal;
use crate::defect::{Defect, Switch};

const REALM: &str = "Bearer realm=\"leaky\"";

/// The challenge that is due, or what a defect makes of it.
pub(crate) fn of(refusal: Refusal, token: Option<&str>, scope: &str, defect: Switch) -> Option<String> {
    let due = due(refusal, scope)?;
    let is_bad_token = refusal == Refusal::InvalidToken;
    let described = |text: &str| format!("{due}, error_description=\"{text}\"");
    Some(match defect.0 {
        Some(Defect::NoChallenge) => return None,
        Some(Defect::NoChallengeForTokens) if is_bad_token => return None,
        Some(Defect::NoChallengeForScope) if refusal == Refusal::InsufficientScope => return None,
        Some(Defect::BareChallenge) => "Bearer".to_owned(),
        Some(Defect::BasicChallenge) => "Basic realm=\"leaky\"".to_owned(),
        Some(Defect::NoErrorCode) if is_bad_token => REALM.to_owned(),
        Some(Defect::ErrorWithoutCredentials) if refusal == Refusal::NoCredentials => {
            format!("{REALM}, error=\"invalid_token\"")
        }
        Some(Defect::UnquotedRealm) => due.replace("\"leaky\"", "leaky"),
        Some(Defect::UnescapedQuotes) if is_bad_token => described("wants \"alg\" RS256"),
        Some(Defect::ForeignLettersInChallenge) if is_bad_token => described("cl\u{e9} inconnue"),
        Some(Defect::RealmTwice) => format!("{due}, realm=\"leaky\""),
        Some(Defect::EchoesTokenInChallenge) => token.map_or(due.clone(), described),
        _ => due,
    })
}

fn due(refusal: Refusal, scope: &str) -> Option<String> {
    let error = format!("{REALM}, error=\"{}\"", refusal.code());
    match refusal {
        Refusal::NoCredentials => Some(REALM.to_owned()),
        Refusal::InvalidRequest | Refusal::InvalidToken => Some(error),
        Refusal::InsufficientScope => Some(format!("{error}, scope=\"{scope}\"")),
        Refusal::KeysUnavailable | Refusal::Wrong(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(refusal: Refusal, defect: Option<Defect>) -> String {
        of(refusal, Some("a.b.c"), "a", Switch(defect)).unwrap_or_default()
    }

    #[test]
    fn each_refusal_has_the_challenge_of_the_rfc() {
        assert_eq!(text(Refusal::NoCredentials, None), "Bearer realm=\"leaky\"");
        assert_eq!(text(Refusal::InvalidToken, None), "Bearer realm=\"leaky\", error=\"invalid_token\"");
        assert_eq!(text(Refusal::InvalidRequest, None), "Bearer realm=\"leaky\", error=\"invalid_request\"");
        let scope = "Bearer realm=\"leaky\", error=\"insufficient_scope\", scope=\"a\"";
        assert_eq!(text(Refusal::InsufficientScope, None), scope);
        assert_eq!(text(Refusal::KeysUnavailable, None), "");
    }

    #[test]
    fn each_defect_spoils_the_challenge_in_its_own_way() {
        let bad = |defect| text(Refusal::InvalidToken, Some(defect));
        assert_eq!(bad(Defect::NoChallenge), "");
        assert_eq!(bad(Defect::NoChallengeForTokens), "");
        assert_eq!(bad(Defect::BareChallenge), "Bearer");
        assert_eq!(bad(Defect::BasicChallenge), "Basic realm=\"leaky\"");
        assert_eq!(bad(Defect::NoErrorCode), "Bearer realm=\"leaky\"");
        assert!(bad(Defect::UnquotedRealm).contains("realm=leaky,"));
        assert!(bad(Defect::UnescapedQuotes).contains("wants \"alg\""));
        assert!(!bad(Defect::ForeignLettersInChallenge).is_ascii());
        assert_eq!(bad(Defect::RealmTwice).matches("realm=").count(), 2);
        assert!(bad(Defect::EchoesTokenInChallenge).contains("a.b.c"));
        assert!(!text(Refusal::NoCredentials, Some(Defect::NoChallengeForTokens)).is_empty());
        assert!(text(Refusal::NoCredentials, Some(Defect::ErrorWithoutCredentials)).contains("error="));
        let scope = |defect| text(Refusal::InsufficientScope, Some(defect));
        assert_eq!(scope(Defect::NoChallengeForScope), "");
    }
}
