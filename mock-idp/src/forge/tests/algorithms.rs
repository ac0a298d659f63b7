//! Issuers of other algorithms than Okta's.

use super::*;
use crate::config::Config;
use crate::issuer::Issuer;
use crate::keys::Algorithm;

/// An issuer like the one of a run, which signs with that algorithm.
fn issuer(algorithm: Algorithm) -> Issuer {
    let mut config = Config::default();
    config.servers[0].algorithm = Some(algorithm);
    Issuer::new(&config).unwrap()
}

#[test]
fn the_control_states_the_algorithm_and_names_the_issuers_key() {
    for (name, algorithm) in Algorithm::ALL {
        let forged = issuer(algorithm).mint(&crate::MintRequest::control()).unwrap();
        assert!(forged.header.contains(&format!("\"alg\":\"{name}\"")), "{}", forged.header);
        assert_eq!(forged.kid_published, !algorithm.is_hmac(), "{name}");
    }
}

#[test]
fn every_scenario_can_be_minted_or_says_that_it_is_for_another_kind_of_issuer() {
    // One of each kind; those of one kind differ by a hash.
    for algorithm in [Algorithm::Ps256, Algorithm::Es256, Algorithm::Es512, Algorithm::Ed25519, Algorithm::Hs256] {
        let issuer = issuer(algorithm);
        for name in crate::catalogue::names().filter(|name| !name.starts_with("dos/")) {
            let steps = crate::catalogue::steps(name).unwrap();
            let staged = issuer.apply("default", &steps, &context().settings);
            let mutation = crate::catalogue::find(name).unwrap();
            let minted = issuer.mint(&crate::MintRequest::mutation(mutation));
            issuer.restore("default");
            if staged.is_err() && algorithm.is_hmac() {
                continue;
            }
            staged.unwrap_or_else(|error| panic!("{algorithm} {name}: {error}"));
            match minted {
                Ok(_) => {}
                Err(crate::MintError::Mutation(error)) if is_about_the_kind(&error) => {}
                // A shared secret is published under no name.
                Err(crate::MintError::Mutation(ForgeError::NoOtherKey)) if algorithm.is_hmac() => {}
                Err(error) => panic!("{algorithm} {name}: {error}"),
            }
        }
    }
}

#[test]
fn an_attackers_key_is_of_the_issuers_own_kind() {
    for (name, algorithm) in Algorithm::ALL {
        let length = |edits: &Value| {
            let mutation = Mutation::from_json(edits).unwrap();
            let forged = issuer(algorithm).mint(&crate::MintRequest::mutation(mutation)).unwrap();
            segments(&forged.token.expose_text())[2].len()
        };
        assert_eq!(length(&json!([{"sign": "attacker"}])), length(&json!([])), "{name}");
    }
}

#[test]
fn a_public_key_of_p_256_is_taken_for_a_secret_in_its_own_forms() {
    let issuer = issuer(Algorithm::Es256);
    let mint = |form: &str| {
        let edits = json!([{"header": "alg", "set": "HS256"}, {"sign": "hmac", "public-key": form, "with": "HS256"}]);
        issuer.mint(&crate::MintRequest::mutation(Mutation::from_json(&edits).unwrap()))
    };
    for form in ["spki-pem", "spki-der", "ssh", "jwk", "certificate-pem", "jwk-thumbprint-input"] {
        assert!(mint(form).is_ok(), "{form}");
    }
    let error = mint("pkcs1-pem").unwrap_err().to_string();
    assert!(error.ends_with("only RSA has, and the issuer signs with ES256"), "{error}");
}

#[test]
fn a_part_of_the_shared_secret_is_a_matter_of_hmac() {
    let mint = |algorithm, part: &str| {
        let edits = json!([{"sign": "hmac", "shared-secret": part}]);
        issuer(algorithm).mint(&crate::MintRequest::mutation(Mutation::from_json(&edits).unwrap()))
    };
    let signature = |part: &str| segments(&mint(Algorithm::Hs512, part).unwrap().token.expose_text())[2].clone();
    assert_eq!([signature("empty"), signature("first-half"), signature("all-but-last")].map(|it| it.len()), [64; 3]);
    let error = mint(Algorithm::Es256, "empty").unwrap_err().to_string();
    assert!(error.contains("signs with ES256"), "{error}");
}

#[test]
fn nothing_of_the_shared_secret_gets_into_a_token() {
    let mutation = |jwk: &str| Mutation::from_json(&json!([{"header": "jwk", "set": {"jwk": jwk}}])).unwrap();
    let mint = |jwk: &str| issuer(Algorithm::Hs256).mint(&crate::MintRequest::mutation(mutation(jwk)));
    assert!(matches!(mint("control"), Err(crate::MintError::Mutation(ForgeError::NoPublicHalf { .. }))));
    assert!(mint("attacker").unwrap().header.contains("\"k\":"), "what is the attacker's is no secret");
}

#[test]
fn a_short_signature_in_the_other_alphabet_is_always_another_text() {
    let issuer = issuer(Algorithm::Hs256);
    let edits = json!([{"segment": "signature", "as": "standard-alphabet"}]);
    for _ in 0..50 {
        let mutation = Mutation::from_json(&edits).unwrap();
        let token = issuer.mint(&crate::MintRequest::mutation(mutation)).unwrap().token.expose_text();
        assert!(token.contains(['+', '/']), "{token}");
    }
}

#[test]
fn a_signature_whose_characters_hold_whole_bytes_has_no_loose_bits() {
    let mint = |algorithm| {
        let edits = json!([{"segment": "signature", "as": "loose-tail-bits"}]);
        issuer(algorithm).mint(&crate::MintRequest::mutation(Mutation::from_json(&edits).unwrap()))
    };
    assert!(mint(Algorithm::Es256).is_ok() && mint(Algorithm::Hs256).is_ok());
    let error = mint(Algorithm::Es384).unwrap_err();
    assert!(matches!(error, crate::MintError::Mutation(ForgeError::NoSpareBits)), "{error}");
}

#[test]
fn an_algorithm_that_the_control_has_already_is_no_change() {
    let changes = |algorithm| {
        let mutation = Mutation::from_json(&json!([{"alg": "RS384"}])).unwrap();
        issuer(algorithm).mint(&crate::MintRequest::mutation(mutation)).unwrap().changes.len()
    };
    assert_eq!([changes(Algorithm::Rs256), changes(Algorithm::Rs384)], [2, 0]);
}
