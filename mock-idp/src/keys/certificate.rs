use super::{Curve, KeyKind, SigningKey};

/// A self-signed certificate of a private key; `None` where there is none.
pub(super) fn self_signed(key: &SigningKey, common_name: &str) -> Option<rcgen::Certificate> {
    let pair = rcgen::KeyPair::from_pkcs8_pem_and_sign_algo(&key.to_pkcs8_pem()?, signing(key.kind())?).ok()?;
    let mut params = rcgen::CertificateParams::new(Vec::<String>::new()).ok()?;
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(2049, 12, 31);
    params.serial_number = Some(rcgen::SerialNumber::from(1));
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(rcgen::DnType::CommonName, common_name);
    params.self_signed(&pair).ok()
}

fn signing(kind: KeyKind) -> Option<&'static rcgen::SignatureAlgorithm> {
    Some(match kind {
        KeyKind::Rsa => &rcgen::PKCS_RSA_SHA256,
        KeyKind::Ec(Curve::P256) => &rcgen::PKCS_ECDSA_P256_SHA256,
        KeyKind::Ec(Curve::P384) => &rcgen::PKCS_ECDSA_P384_SHA384,
        KeyKind::Ec(Curve::P521) => &rcgen::PKCS_ECDSA_P521_SHA512,
        KeyKind::Ed25519 => &rcgen::PKCS_ED25519,
        KeyKind::Secret => return None,
    })
}
