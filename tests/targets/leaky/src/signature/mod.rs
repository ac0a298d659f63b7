//! Fifth step: the signature (RFC 7515 5.2), of the issuer's algorithm or of one that the server is
//! told to take besides, whatever else the header says.

mod ecdsa;
mod forms;
mod further;
mod hmac;
mod rsa;

use serde_json::Value;

use crate::accepts::{Accepts, Algorithm, Further};
use crate::answer::Refusal;
use crate::defect::{Defect, Switch};
use crate::keys::Jwk;
use crate::settings::Settings;
use crate::token::{Compact, JoseHeader};

pub(crate) use forms::spki_pem;

/// How a token is verified: in the way of the issuer's algorithm, or of one besides. All others
/// are defects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    /// With the issuer's RSA key.
    Rs256,
    /// With the issuer's RSA key, in another way.
    OtherRsa(rsa::Way),
    /// With an EC key of the issuer.
    Es256,
    /// With a key for an algorithm that is taken besides.
    Further(Further),
    /// With the secret that issuer and server share.
    SharedSecret,
    /// With a secret that is none.
    Hmac(hmac::Hash),
    /// Not at all.
    Unsecured,
}

impl Method {
    /// The method for the header's `alg`.
    pub(crate) fn of(header: &JoseHeader, accepts: Accepts, defect: Switch) -> Result<Self, Refusal> {
        let alg = header.algorithm();
        let text = alg.and_then(Value::as_str);
        let own = Self::own(accepts.algorithm);
        if defect.has(Defect::IgnoresAlg) {
            return Ok(own);
        }
        if text == Some(accepts.algorithm.name()) {
            let says_none_last = header.0.last("alg").is_some_and(|last| last == "none");
            return Ok(if says_none_last { Self::Unsecured } else { own });
        }
        if let Some(further) = text.and_then(|name| accepts.takes.named(name))
            && !further::is_forgotten(further, defect)
        {
            return Ok(Self::Further(further));
        }
        if text.is_none() && alg.is_some() && defect.has(Defect::CrashesOnAlgType) {
            return Err(Refusal::CRASH);
        }
        if alg.is_none() && defect.has(Defect::AbsentAlgIsNone) {
            return Ok(Self::Unsecured);
        }
        if defect.has(Defect::AlgInAnyCase)
            && text.is_some_and(|alg| alg.eq_ignore_ascii_case(accepts.algorithm.name()))
        {
            return Ok(own);
        }
        text.and_then(|alg| Self::misled(alg, defect)).ok_or(Refusal::InvalidToken)
    }

    /// The way of the issuer's algorithm.
    fn own(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Rs256 => Self::Rs256,
            Algorithm::Es256 => Self::Es256,
            Algorithm::Hs256 => Self::SharedSecret,
        }
    }

    /// What a defect makes of another algorithm.
    fn misled(alg: &str, defect: Switch) -> Option<Self> {
        match defect.0? {
            Defect::AcceptsAlgNone | Defect::AcceptsNoneWithSignature | Defect::NoKeyMeansNone if alg == "none" => {
                Some(Self::Unsecured)
            }
            Defect::AcceptsNoneMisspelt if alg != "none" && normalised(alg) == "none" => Some(Self::Unsecured),
            Defect::TakesOtherHashes | Defect::TakesPss | Defect::TakesWhatKeyAllows => {
                rsa::Way::of(alg, defect).map(Self::OtherRsa)
            }
            _ if defect.takes_ecdsa() && alg == "ES256" => Some(Self::Es256),
            _ if hmac::is_on(defect) => hmac::Hash::of(alg).map(Self::Hmac),
            _ => None,
        }
    }

    /// Whether the signature of `token` is one by one of `keys`.
    pub(crate) fn verifies(
        self,
        token: &Compact<'_>,
        keys: &[Jwk],
        settings: &Settings,
        defect: Switch,
    ) -> Result<bool, Refusal> {
        let is_empty = token.signature == Some("");
        match self {
            Self::Unsecured if defect.has(Defect::AcceptsNoneWithSignature) => Ok(!is_empty),
            // There is a key, which contradicts it.
            Self::Unsecured if defect.has(Defect::NoKeyMeansNone) => Ok(false),
            Self::Unsecured => Ok(is_empty),
            Self::Rs256 => {
                any(keys, |key| Ok(key.may_be_used_with("RS256", defect) && rsa::rs256(token, key, defect)?))
            }
            Self::Further(further) => {
                Ok(keys.iter().any(|key| key.is_for(further, defect) && further::verifies(further, token, key)))
            }
            Self::OtherRsa(way) => Ok(keys.iter().any(|key| way.is_for(key, defect) && way.verifies(token, key))),
            Self::Es256 => any(keys, |key| ecdsa::es256(token, key, defect)),
            Self::SharedSecret => Ok(hmac::verifies_by_shared(token, &settings.secret, defect)),
            Self::Hmac(hash) => Ok(keys.iter().any(|key| hmac::verifies(hash, token, key, settings, defect))),
        }
    }

    /// Whether it is verified although there is no key, which only defects let it do.
    pub(crate) fn verifies_without_key(self, token: &Compact<'_>, defect: Switch) -> bool {
        match (self, defect.0) {
            (Self::Unsecured, Some(Defect::NoKeyMeansNone)) => token.signature == Some(""),
            (Self::Hmac(hash), Some(Defect::HmacWithMissingKey)) => hmac::verifies_with_nothing(hash, token),
            _ => false,
        }
    }

    /// Whether it is verified by a secret that `kid` points to, which only defects let it do.
    pub(crate) fn verifies_by_kid(self, token: &Compact<'_>, kid: &str, defect: Switch) -> bool {
        let Self::Hmac(hash) = self else { return false };
        hmac::verifies_by_kid(hash, token, kid, defect)
    }
}

fn any(keys: &[Jwk], verifies: impl Fn(&Jwk) -> Result<bool, Refusal>) -> Result<bool, Refusal> {
    for key in keys {
        if verifies(key)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn normalised(alg: &str) -> String {
    alg.trim_matches([' ', '\0']).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::encode;

    fn method(header: &str, defect: Option<Defect>) -> Result<Method, Refusal> {
        let defect = Switch(defect);
        Method::of(&JoseHeader::read(&encode(header), defect).expect("a header"), Accepts::default(), defect)
    }

    #[test]
    fn rs256_is_the_only_method() {
        assert_eq!(method(r#"{"alg":"RS256"}"#, None), Ok(Method::Rs256));
        for alg in [r#""none""#, r#""HS256""#, r#""rs256""#, r#""RS384""#, r#""""#, "null", r#"["RS256"]"#] {
            assert_eq!(method(&format!(r#"{{"alg":{alg}}}"#), None), Err(Refusal::InvalidToken), "{alg}");
        }
        assert_eq!(method("{}", None), Err(Refusal::InvalidToken));
    }

    #[test]
    fn each_defect_has_its_own_idea_of_the_algorithm() {
        for (header, due, defect) in [
            (r#"{"alg":"none"}"#, Method::Unsecured, Defect::AcceptsAlgNone),
            (r#"{"alg":"nOnE"}"#, Method::Unsecured, Defect::AcceptsNoneMisspelt),
            (r#"{"alg":" none"}"#, Method::Unsecured, Defect::AcceptsNoneMisspelt),
            (r#"{"alg":"RS256","alg":"none"}"#, Method::Unsecured, Defect::ChecksFirstAlgUsesLast),
            ("{}", Method::Unsecured, Defect::AbsentAlgIsNone),
            ("{}", Method::Rs256, Defect::IgnoresAlg),
            (r#"{"alg":"rs256"}"#, Method::Rs256, Defect::AlgInAnyCase),
            (r#"{"alg":"ES256"}"#, Method::Es256, Defect::TakesDerSignatures),
            (r#"{"alg":"HS384"}"#, Method::Hmac(hmac::Hash::Sha384), Defect::HmacWithSpkiPem),
            (r#"{"alg":"none"}"#, Method::Unsecured, Defect::NoKeyMeansNone),
            (r#"{"alg":"HS256"}"#, Method::Hmac(hmac::Hash::Sha256), Defect::HmacWithMissingKey),
            (r#"{"alg":"PS256"}"#, Method::OtherRsa(rsa::Way::Ps256), Defect::TakesWhatKeyAllows),
        ] {
            assert_eq!(method(header, Some(defect)), Ok(due), "{defect}");
        }
        assert_eq!(method(r#"{"alg":"none"}"#, Some(Defect::AcceptsNoneMisspelt)), Err(Refusal::InvalidToken));
        assert_eq!(method(r#"{"alg":1}"#, Some(Defect::CrashesOnAlgType)), Err(Refusal::CRASH));
    }
}
