use std::fmt;

use mock_idp::keys::PublicForm;
use mock_idp::mutation::{
    Edit, HmacSecret, JweKey, KeyName, Mutation, SecretPart, SignatureChange, Signer, SigningChoice,
};
use serde::{Deserialize, Serialize};

use super::effect::EffectKind;
use super::request::RequestEdit;
use super::types::{Cache, Scenario, Variant};

/// What a variant can't do without, from the least to the most.
///
/// Derived from what it sends, so that it can't go out of date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// No token at all, or text that is none.
    NoToken,
    /// One real token, changed without any key.
    RealToken,
    /// The issuer's public key.
    PublicKey,
    /// The issuer's certificate, or its thumbprint.
    Certificate,
    /// A second real token: another one, or one with a lesser scope.
    SecondToken,
    /// The issuer's signing key: only the mock has it.
    SigningKey,
    /// Control of the issuer's keys, documents or journal.
    IssuerControl,
    /// An attacker's listener that the target can reach.
    Listener,
}

impl Need {
    /// Its words in lists.
    #[must_use]
    pub fn phrase(self) -> &'static str {
        match self {
            Self::NoToken => "no token",
            Self::RealToken => "one real token",
            Self::PublicKey => "the public key",
            Self::Certificate => "the issuer's certificate",
            Self::SecondToken => "a second token",
            Self::SigningKey => "the issuer's signing key",
            Self::IssuerControl => "control of the issuer",
            Self::Listener => "a listener",
        }
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.phrase())
    }
}

impl Scenario {
    /// What its variants need, each once; nothing for a check.
    #[must_use]
    pub fn needs(&self) -> Vec<Need> {
        let checks = matches!(self.judgement, super::types::Judgement::Check { .. });
        let mut needs: Vec<Need> = self.variants.iter().flat_map(|variant| variant.needs(self)).collect();
        needs.sort_unstable();
        needs.dedup();
        if checks { Vec::new() } else { needs }
    }
}

impl Variant {
    /// What it needs: a credential, and what else it uses.
    #[must_use]
    pub fn needs(&self, scenario: &Scenario) -> Vec<Need> {
        let mut needs = vec![self.credential()];
        let effects = self.effects.as_ref().unwrap_or(&scenario.effects);
        let counts_fetches = effects.iter().any(|effect| matches!(effect.kind, EffectKind::IssuerHits(_)));
        let has_steps = !self.issuer.is_empty() || !self.meanwhile.is_empty() || self.cache == Cache::Cold;
        if has_steps || counts_fetches || self.delivery.measure.is_some() {
            needs.push(Need::IssuerControl);
        }
        if self.uses("listener") || self.uses("listener_host") {
            needs.push(Need::Listener);
        }
        needs
    }

    /// What its credential takes.
    pub(super) fn credential(&self) -> Need {
        let has_other_place = self.request.iter().any(|edit| edit.uses("token") || edit.uses("control"));
        if self.request.iter().any(RequestEdit::replaces_token) && !has_other_place {
            Need::NoToken
        } else if self.delivery.search.is_some() {
            // Every try is a token of its own.
            Need::SigningKey
        } else {
            of_token(&self.token)
        }
    }
}

fn of_token(token: &Mutation) -> Need {
    let edits = token.edits();
    if edits.iter().any(|edit| matches!(edit, Edit::Token(_))) {
        return Need::NoToken;
    }
    if edits.iter().any(|edit| matches!(edit, Edit::Signature(SignatureChange::OfAnotherToken))) {
        return Need::SecondToken;
    }
    if edits.iter().any(|edit| matches!(edit, Edit::Nested)) {
        return Need::SigningKey;
    }
    let has_certificate = edits.iter().any(|edit| match edit {
        Edit::Sign(Signer { choice: SigningChoice::Hmac(HmacSecret::PublicKey(form)), .. }) => {
            *form == PublicForm::CertificatePem
        }
        edit => edit.certifies_control(),
    });
    if has_certificate {
        return Need::Certificate;
    }
    let public_key = edits.iter().any(|edit| match edit {
        Edit::Sign(Signer { choice: SigningChoice::Hmac(HmacSecret::PublicKey(_)), .. }) => true,
        Edit::Jwe(jwe) => !matches!(jwe.key, JweKey::Pbes2 { .. }),
        _ => false,
    });
    let signs_itself = edits.iter().rev().find_map(|edit| match edit {
        Edit::Sign(signer) => Some(is_of_the_issuer(&signer.choice)),
        _ => None,
    });
    let keeps_signature = !edits.iter().any(Edit::replaces_signature);
    if edits.iter().any(changes_what_is_signed) && signs_itself.unwrap_or(true) && keeps_signature {
        Need::SigningKey
    } else if public_key {
        Need::PublicKey
    } else {
        Need::RealToken
    }
}

fn is_of_the_issuer(choice: &SigningChoice) -> bool {
    let foreign =
        [KeyName::Attacker, KeyName::AttackerP256, KeyName::AttackerP384, KeyName::AttackerEd25519, KeyName::Builtin];
    match choice {
        SigningChoice::Key(name) => !foreign.contains(name),
        SigningChoice::Hmac(secret) => matches!(secret, HmacSecret::Shared(part) if *part != SecretPart::Empty),
    }
}

fn changes_what_is_signed(edit: &Edit) -> bool {
    match edit {
        Edit::Segment { signed, .. } => *signed,
        Edit::Signature(change) => matches!(change, SignatureChange::Padding(_)),
        Edit::Sign(signer) => is_of_the_issuer(&signer.choice),
        Edit::Segments(_) | Edit::Serialization(_) | Edit::Jwe(_) | Edit::Token(_) => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_token_needs_follows_from_its_edits() {
        let need = |edits: serde_json::Value| of_token(&Mutation::from_json(&edits).unwrap());
        assert_eq!(need(json!([])), Need::RealToken);
        assert_eq!(need(json!([{"token": "abc"}])), Need::NoToken);
        assert_eq!(need(json!([{"claim": "exp", "set": {"now": -3600}}])), Need::SigningKey);
        assert_eq!(need(json!([{"claim": "sub", "set": "admin"}, {"signature": "of-control"}])), Need::RealToken);
        assert_eq!(need(json!([{"header": "alg", "set": "none"}, {"signature": "strip"}])), Need::RealToken);
        assert_eq!(need(json!([{"header": "jwk", "set": {"jwk": "attacker"}}, {"sign": "attacker"}])), Need::RealToken);
        let hmac = json!([{"header": "alg", "set": "HS256"}, {"sign": "hmac", "public-key": "spki-pem"}]);
        assert_eq!(need(hmac), Need::PublicKey);
        let encrypted = json!([{"claim": "sub", "set": "admin"}, {"jwe": "rsa-oaep-256", "claims": true}]);
        assert_eq!(need(encrypted), Need::PublicKey);
        assert_eq!(need(json!([{"nested": true}, {"signature": "strip"}])), Need::SigningKey);
        let certificate = json!([{"header": "alg", "set": "HS256"}, {"sign": "hmac", "public-key": "certificate-pem"}]);
        assert_eq!(need(certificate), Need::Certificate);
        assert_eq!(need(json!([{"signature": {"padding": "missing-null"}}])), Need::SigningKey);
        assert_eq!(need(json!([{"sign": "hmac", "shared-secret": "empty"}])), Need::RealToken);
        assert_eq!(need(json!([{"sign": "hmac", "shared-secret": "first-half"}])), Need::SigningKey);
    }
}
