//! Whether a signature is a key's own: for tokens that come back to their issuer.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384,
    RSA_PSS_2048_8192_SHA512, UnparsedPublicKey, VerificationAlgorithm,
};

use super::{Algorithm, PublicForm, SigningKey, hmac_verifies};

impl SigningKey {
    /// Whether this key made the signature, with its own algorithm. RSA keys below
    /// 2048 bits never did.
    pub(crate) fn verifies(&self, input: &[u8], signature: &[u8]) -> bool {
        let Some(verification) = verification(self.algorithm()) else {
            let verified = |secret| hmac_verifies(self.algorithm(), secret, input, signature);
            return self.expose_secret().is_some_and(verified);
        };
        let public = self.public_form(PublicForm::SpkiDer);
        public.is_some_and(|public| UnparsedPublicKey::new(verification, public).verify(input, signature).is_ok())
    }
}

/// What checks the signatures of an algorithm; `None` for those of HMAC.
/// `jsonwebtoken` knows neither P-521 nor the name `Ed25519`.
pub(super) fn verification(algorithm: Algorithm) -> Option<&'static dyn VerificationAlgorithm> {
    Some(match algorithm {
        Algorithm::Hs256 | Algorithm::Hs384 | Algorithm::Hs512 => return None,
        Algorithm::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
        Algorithm::Rs384 => &RSA_PKCS1_2048_8192_SHA384,
        Algorithm::Rs512 => &RSA_PKCS1_2048_8192_SHA512,
        Algorithm::Ps256 => &RSA_PSS_2048_8192_SHA256,
        Algorithm::Ps384 => &RSA_PSS_2048_8192_SHA384,
        Algorithm::Ps512 => &RSA_PSS_2048_8192_SHA512,
        Algorithm::Es256 => &ECDSA_P256_SHA256_FIXED,
        Algorithm::Es384 => &ECDSA_P384_SHA384_FIXED,
        Algorithm::Es512 => &ECDSA_P521_SHA512_FIXED,
        Algorithm::EdDsa | Algorithm::Ed25519 => &ED25519,
    })
}
