//! What a token goes through, in its order (RFC 7519 7.2, RFC 9068 4).

use jsonwebtoken::get_current_timestamp;

use crate::accepts::Algorithm;
use crate::answer::Refusal;
use crate::claims::Claims;
use crate::defect::Defect;
use crate::quirk::Quirk;
use crate::service::Service;
use crate::signature::Method;
use crate::token::{Compact, JoseHeader, Object, Opened, Part, decode, open, with_last_members, without_loose_bits};
use crate::trust::Trusted;
use crate::{burden, jwe, scope};

/// A token whose signature holds.
struct Genuine {
    issuer: String,
    payload: Vec<u8>,
}

impl Service {
    /// The claims of a token that is good for a route which needs these scopes.
    pub(crate) async fn verify(&self, text: &str, required: &[&str]) -> Result<Claims, Refusal> {
        self.notice(text)?;
        let genuine = match open(text, self.defect) {
            Opened::Compact(text) => match jwe::inner_payload(&text, &self.keys, &self.settings, self.defect).await {
                Some(payload) => self.unsecured(payload),
                None => self.authenticate(&text, required).await?,
            },
            Opened::Unsecured(payload) => self.unsecured(self.bytes(&payload)?),
            Opened::Polyglot(text, payload) => {
                let genuine = self.authenticate(&text, required).await?;
                Genuine { payload: self.bytes(&payload)?, ..genuine }
            }
        };
        self.authorise(&genuine, required).await
    }

    /// Where a token that is text and no JWT goes wrong, if it does.
    fn notice(&self, token: &str) -> Result<(), Refusal> {
        let header = token.split('.').next().unwrap_or_default();
        if header.is_empty() || JoseHeader::read(header, self.defect).is_some() {
            return Ok(());
        }
        match self.defect.0 {
            Some(Defect::CrashesOnText) => return Err(Refusal::CRASH),
            Some(Defect::CrashesOnHeaderNull) if header == "bnVsbA" => return Err(Refusal::CRASH),
            Some(Defect::LocksOut) => self.memory.lock_out(),
            _ => (),
        }
        Ok(())
    }

    async fn authenticate(&self, text: &str, required: &[&str]) -> Result<Genuine, Refusal> {
        let token = Compact::parse(text, self.defect)?;
        if self.defect.has(Defect::AcceptsEmptyHeader) && token.header.is_empty() {
            return Ok(self.unsecured(self.bytes(token.payload)?));
        }
        let tidy =
            token.signature.filter(|_| self.settings.quirks.has(Quirk::TakesLooseTailBits)).map(without_loose_bits);
        let token = Compact { signature: tidy.as_deref().or(token.signature), ..token };
        let header = self.header(token.header).ok_or(Refusal::InvalidToken)?;
        let method = Method::of(&header, self.settings.accepts(), self.defect)?;
        if !header.is_understood(self.settings.shape, self.settings.quirks, self.defect) {
            return Err(Refusal::InvalidToken);
        }
        let payload = self.payload(token.payload);
        let claimed = payload.as_ref().and_then(|payload| Claims::read(payload, self.defect).ok());
        if self.defect.has(Defect::JudgesScopeFirst)
            && let Some(claims) = &claimed
            && !scope::grants(claims, required, self.settings.shape, self.defect)
        {
            return Err(Refusal::InsufficientScope);
        }
        let trusted = self.trusted(claimed.as_ref().and_then(Claims::issuer)).await;
        if !self.is_genuine(method, &token, &header, &trusted, text).await? {
            return Err(Refusal::InvalidToken);
        }
        let payload = payload.ok_or(Refusal::InvalidToken)?;
        let genuine = Genuine { issuer: trusted.issuer, payload };
        if header.is_nested() { self.unwrap(genuine) } else { Ok(genuine) }
    }

    async fn authorise(&self, genuine: &Genuine, required: &[&str]) -> Result<Claims, Refusal> {
        let claims = Claims::read(&genuine.payload, self.defect)?;
        if self.defect.has(Defect::AcceptsIdTokens) && claims.is_id_token() {
            return Ok(claims);
        }
        let now = get_current_timestamp() as f64;
        burden::of_claims(&claims, now, self.defect).await;
        claims.check(&genuine.issuer, &self.settings, now, self.defect)?;
        if scope::crashes(&claims, self.defect) {
            return Err(Refusal::CRASH);
        }
        if scope::grants(&claims, required, self.settings.shape, self.defect) {
            return Ok(claims);
        }
        let as_401 = self.defect.has(Defect::ScopeAs401);
        Err(if as_401 { Refusal::InvalidToken } else { Refusal::InsufficientScope })
    }

    async fn is_genuine(
        &self,
        method: Method,
        token: &Compact<'_>,
        header: &JoseHeader,
        trusted: &Trusted<'_>,
        text: &str,
    ) -> Result<bool, Refusal> {
        if self.settings.algorithm == Algorithm::Hs256 {
            // There is a secret, and no key to look for.
            return method.verifies(token, &[], &self.settings, self.defect);
        }
        if method.verifies_by_kid(token, header.kid().unwrap_or_default(), self.defect) {
            return Ok(true);
        }
        let keys = match self.find_keys(header, trusted, text).await {
            Ok(keys) => keys,
            Err(refusal) if self.fails_open(refusal, trusted) => return Ok(true),
            Err(_) if method.verifies_without_key(token, self.defect) => return Ok(true),
            Err(refusal) => return Err(refusal),
        };
        if self.defect.has(Defect::DiesOfNoSignature) && token.signature == Some("") {
            return self.dead().await;
        }
        method.verifies(token, &keys, &self.settings, self.defect)
    }

    /// What is in a token whose payload is a token: another defect's matter.
    fn unwrap(&self, outer: Genuine) -> Result<Genuine, Refusal> {
        if !self.defect.has(Defect::UnwrapsNested) {
            return Err(Refusal::InvalidToken);
        }
        let inner = String::from_utf8(outer.payload).map_err(|_| Refusal::InvalidToken)?;
        let payload = inner.split('.').nth(1).unwrap_or_default();
        Ok(self.unsecured(self.bytes(payload)?))
    }

    /// Believed as it is.
    fn unsecured(&self, payload: Vec<u8>) -> Genuine {
        Genuine { issuer: self.settings.issuer.clone(), payload }
    }

    fn header(&self, segment: &str) -> Option<JoseHeader> {
        if !self.settings.quirks.has(Quirk::LastMemberWins) {
            return JoseHeader::read(segment, self.defect);
        }
        Object::read(&with_last_members(decode(segment)?), self.defect).map(JoseHeader)
    }

    fn payload(&self, segment: &str) -> Option<Vec<u8>> {
        let payload = Part(segment).bytes(self.defect)?;
        let last_wins = self.settings.quirks.has(Quirk::LastMemberWins);
        Some(if last_wins { with_last_members(payload) } else { payload })
    }

    fn bytes(&self, segment: &str) -> Result<Vec<u8>, Refusal> {
        Part(segment).bytes(self.defect).ok_or(Refusal::InvalidToken)
    }
}
