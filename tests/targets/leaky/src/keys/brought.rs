//! Keys that the token brings along or points to. No sound server looks at them (RFC 9068 4).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rsa::PublicKey;
use rsa::pkcs1::DecodeRsaPublicKey;
use rsa::traits::PublicKeyParts;
use serde_json::Value;

use crate::defect::{Defect, Switch};
use crate::token::{JoseHeader, encode};

use super::{Fetcher, Jwk};

/// The algorithm of an RSA key in a certificate, and what stands before its numbers: OID
/// 1.2.840.113549.1.1.1, NULL, and the head of a bit string whose length has two bytes.
const RSA_IN_CERTIFICATE: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00\x03\x82";

/// What a header says about its own key.
pub(crate) struct Brought<'a> {
    pub(crate) header: &'a JoseHeader,
    pub(crate) fetcher: &'a Fetcher,
    pub(crate) issuer: &'a str,
}

impl Brought<'_> {
    /// The key that a defect takes from the token, before it looks at the issuer's.
    pub(crate) async fn preferred(&self, defect: Switch) -> Option<Jwk> {
        match defect.0? {
            Defect::TrustsEmbeddedJwk => self.embedded(),
            Defect::TrustsCertificateChain => self.certificate(),
            Defect::FetchesKeySetUrl => self.key_set("jku", |_| true).await,
            Defect::FetchesUrlLikeIssuer => self.key_set("jku", |url| url.starts_with(self.issuer_host())).await,
            Defect::FetchesKidAsUrl => self.key_set("kid", |url| url.starts_with("http")).await,
            Defect::FetchesCertificateUrl => {
                // The certificate is of no use to it; that it went there is the harm.
                let _ = self.fetcher.body(self.header.0.text("x5u")?, "").await;
                None
            }
            _ => None,
        }
    }

    /// The key in `jwk`.
    pub(crate) fn embedded(&self) -> Option<Jwk> {
        serde_json::from_value(self.header.0.get("jwk")?.clone()).ok()
    }

    /// The key of the first certificate in `x5c`, whoever signed it.
    fn certificate(&self) -> Option<Jwk> {
        let first = self.header.0.get("x5c")?.get(0).and_then(Value::as_str)?;
        rsa_key(&STANDARD.decode(first).ok()?)
    }

    async fn key_set(&self, member: &str, allows: impl Fn(&str) -> bool) -> Option<Jwk> {
        let url = self.header.0.text(member).filter(|url| allows(url))?;
        let keys = self.fetcher.keys_at(url, "").await.ok()?;
        let named = self.header.kid().and_then(|kid| keys.of(kid).into_iter().next());
        named.or_else(|| keys.all().first().cloned())
    }

    /// Scheme and authority, without the slash that would end them.
    fn issuer_host(&self) -> &str {
        let start = self.issuer.find("://").map_or(0, |at| at + 3);
        let end = self.issuer[start..].find('/').map_or(self.issuer.len(), |at| start + at);
        &self.issuer[..end]
    }
}

fn rsa_key(certificate: &[u8]) -> Option<Jwk> {
    let at = certificate.windows(RSA_IN_CERTIFICATE.len()).position(|window| window == RSA_IN_CERTIFICATE)?;
    // Two bytes of length, and one that says how many bits are unused.
    let numbers = certificate.get(at + RSA_IN_CERTIFICATE.len() + 3..)?;
    let length = 4 + usize::from(u16::from_be_bytes(numbers.get(2..4)?.try_into().ok()?));
    let key = PublicKey::from_pkcs1_der(numbers.get(..length)?).ok()?;
    Some(Jwk::rsa(encode(key.n_bytes()), encode(key.e_bytes())))
}
