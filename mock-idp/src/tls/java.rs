//! What a Java program needs to trust the issuer without a word from its owner: a
//! trust store, and the options that name it.

use std::path::Path;

use p12_keystore::{Certificate, KeyStore, KeyStoreEntry};

/// The password of the store, Java's usual one: without one, Java reads no entry of a
/// PKCS#12 store. It guards nothing, since there is nothing but certificates in it.
const PASSWORD: &str = "changeit";
/// What every virtual machine reads as it starts.
pub const JAVA_OPTIONS: &str = "JAVA_TOOL_OPTIONS";
const TRUST_STORE: &str = "-Djavax.net.ssl.trustStore=";

/// A PKCS#12 store (RFC 7292) with the issuer's certificate beside these roots, each
/// marked as trusted in Java's way, without which Java finds no entry.
///
/// A root that can't be read is left out; `None` where the issuer's own can't be.
#[must_use]
pub fn java_trust_store(ca: &[u8], roots: &[&[u8]]) -> Option<Vec<u8>> {
    let mut store = KeyStore::new();
    store.add_entry("mock-idp", entry(ca)?);
    for (number, root) in roots.iter().enumerate() {
        if let Some(entry) = entry(root) {
            store.add_entry(&format!("root-{number}"), entry);
        }
    }
    // Few rounds: the password is known to everybody.
    store.writer(PASSWORD).encryption_iterations(1000).mac_iterations(1000).write().ok()
}

fn entry(certificate: &[u8]) -> Option<KeyStoreEntry> {
    Certificate::from_der(certificate).ok().map(KeyStoreEntry::Certificate)
}

/// The options with the store in them, behind what is there already; `None` where a
/// store is named there, which is its owner's choice.
#[must_use]
pub fn java_options(inherited: Option<&str>, store: &Path) -> Option<String> {
    let inherited = inherited.map(str::trim).unwrap_or_default();
    if inherited.contains(TRUST_STORE) {
        return None;
    }
    let store = store.display().to_string();
    // A virtual machine parts the options at white space.
    let quote = if store.contains(char::is_whitespace) { "\"" } else { "" };
    let own = format!(
        "{quote}{TRUST_STORE}{store}{quote} -Djavax.net.ssl.trustStorePassword={PASSWORD} \
         -Djavax.net.ssl.trustStoreType=PKCS12"
    );
    Some(if inherited.is_empty() { own } else { format!("{inherited} {own}") })
}

#[cfg(test)]
mod tests {
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject as _;

    use super::*;

    #[test]
    fn the_owners_options_are_kept_and_a_store_of_theirs_stands() {
        let store = Path::new("/t/truststore.p12");
        let plain = java_options(None, store).unwrap();
        assert!(plain.starts_with("-Djavax.net.ssl.trustStore=/t/truststore.p12 "), "{plain}");
        assert_eq!(java_options(Some("-Xmx1g"), store), Some(format!("-Xmx1g {plain}")));
        assert_eq!(java_options(Some("-Djavax.net.ssl.trustStore=/mine"), store), None);
    }

    #[test]
    fn what_is_no_certificate_is_left_out_and_the_issuers_own_is_needed() {
        let authority = crate::tls::CertificateAuthority::generate().unwrap();
        let ca = CertificateDer::from_pem_slice(authority.certificate_pem().as_bytes()).unwrap();
        let store = java_trust_store(&ca, &[b"no certificate", &ca]).unwrap();
        let read = KeyStore::from_pkcs12(&store, PASSWORD, p12_keystore::Pkcs12ImportPolicy::Strict).unwrap();
        assert_eq!(read.entries_len(), 2);
        assert!(java_trust_store(b"no certificate", &[]).is_none());
    }
}
