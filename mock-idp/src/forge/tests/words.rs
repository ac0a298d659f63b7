//! The words of the language, one by one.

use super::*;

#[test]
fn every_word_of_the_language_makes_a_token() {
    let edits = [
        json!({"kind": "authorization-code"}),
        json!({"kind": "id-token"}),
        json!({"kind": "client-assertion"}),
        json!({"kind": "refresh-token"}),
        json!({"kind": "org-access-token"}),
        json!({"claim": "scp", "rename": "scope"}),
        json!({"claim": "aud", "escape-name": true}),
        json!({"text": "payload", "replace": {"hex": "ff"}}),
        json!({"text": "payload", "append": "}x"}),
        json!({"text": "header", "prepend": "\r\n "}),
        json!({"text": "payload", "keep": 10}),
        json!({"text": "header", "as": "utf-16le"}),
        json!({"text": "payload", "as": "utf-16be"}),
        json!({"text": "payload", "as": "utf-8-bom"}),
        json!({"text": "payload", "as": "pretty"}),
        json!({"text": "header", "as": "escaped-names"}),
        json!({"alg": "PS256"}),
        json!({"sign": "other-published"}),
        json!({"sign": "second-issuer"}),
        json!({"sign": "attacker-p384"}),
        json!({"sign": "attacker-ed25519"}),
        json!({"sign": "weak-1024"}),
        json!({"sign": "exponent-one"}),
        json!({"sign": "hmac", "secret": ""}),
        json!({"sign": "hmac", "public-key": "modulus", "with": "HS512"}),
        json!({"signature": {"truncate": 1}}),
        json!({"signature": {"keep": 1}}),
        json!({"signature": "half"}),
        json!({"signature": {"append": {"hex": "00"}}}),
        json!({"signature": {"prepend": {"hex": "00"}}}),
        json!({"signature": {"replace": {"text": "\u{0}", "times": 64}}}),
        json!({"signature": "zero"}),
        json!({"signature": {"padding": "long-length"}}),
        json!({"signature": {"padding": "trailing-bytes"}}),
        json!({"signature": {"padding": "missing-null"}}),
        json!({"signature": {"padding": "short-filler"}}),
        json!({"signature": {"padding": "block-type-2"}}),
        json!({"signature": {"number": 1}}),
        json!({"signature": {"number": "n-1"}}),
        json!({"segment": "signature", "as": "standard-alphabet"}),
        json!({"segment": "header", "insert": " "}),
        json!({"segment": "payload", "prepend": "="}),
        json!({"serialization": "flattened"}),
        json!({"serialization": "general-base64"}),
        json!({"serialization": "unprotected-none"}),
        json!({"serialization": "polyglot"}),
        json!({"serialization": "polyglot", "fill": 2}),
        json!({"nested": true}),
        json!({"jwe": "rsa-oaep-256", "unsecured": true}),
        json!({"jwe": "rsa-oaep-256", "claims": true, "enc": "A128GCM"}),
        json!({"jwe": "dir"}),
        json!({"jwe": "dir", "enc": "A256CBC-HS512"}),
        json!({"jwe": "a256kw"}),
        json!({"jwe": "pbes2", "iterations": 2_147_483_647}),
        json!({"header": "x5c", "set": {"x5c": "attacker"}}),
        json!({"claim": "exp", "set": {"now": 300.75}}),
        json!({"claim": "exp", "set": {"control": "exp", "plus": 5}}),
        json!({"scopes": ["read", "{scope}"]}),
        json!({"claim": "x", "set": {"kid": "weak-1024"}}),
        json!({"claim": "x", "set": ["{second_issuer}", "{second_kid}", "{listener}", "{listener_host}", "{other_scope}"]}),
        json!({"claim": "x", "set": {"many": 10, "of": "s{n}"}}),
        json!({"header": "jwk", "set": {"random-jwk": 16_384}}),
        json!({"header": "x5c", "set": {"x5c": "attacker", "times": 3, "name": "a\nb"}}),
        json!({"header": "x5t", "set": {"x5t": "control"}}),
        json!({"header": "x5t#S256", "set": {"x5t256": "control"}}),
        json!({"sign": "twin"}),
        json!({"sign": "issuer-p256"}),
        json!({"sign": "issuer-p384"}),
        json!({"signature": {"number": "n+1"}}),
        json!({"sign": "attacker", "with": "PS256"}),
        json!({"serialization": "unprotected-hs256"}),
        json!({"jwe": "rsa-oaep-256", "zip-bomb": 1_000_000}),
        json!({"token": {"join": ["a", {"hex": "ff"}]}}),
        json!({"token": {"text": ".", "times": 7000}}),
    ];
    for edit in edits {
        let forged = forged(&json!([edit.clone()]));
        assert!(!forged.token.expose().is_empty(), "{edit}");
        assert!(!forged.changes.is_empty(), "{edit} says nothing of what it changes");
    }
}

#[test]
fn scopes_take_the_claim_and_the_form_of_the_settings() {
    use crate::dialect::Dialect;
    let edits = Mutation::from_json(&json!([{"scopes": ["a", "{scope}"]}])).unwrap();
    for (form, expected) in [
        ("scp-array", r#""scp":["a","x","y"]"#),
        ("scope-string", r#""scope":"a x y""#),
        ("scp-string", r#""scp":"a x y""#),
        ("scope-array", r#""scope":["a","x","y"]"#),
    ] {
        let mut context = context();
        context.settings.scope = "x y".into();
        context.settings.dialect = Dialect::default().with(&json!({ "scope-claim": form })).unwrap();
        let payload = forge(&context, &edits).unwrap().payload;
        assert!(payload.contains(expected), "{payload}");
        assert_eq!(payload.matches("sc").count(), 1, "one claim only: {payload}");
    }
}

#[test]
fn no_scopes_are_an_empty_member_and_not_a_missing_one() {
    assert!(forged(&json!([{"scopes": []}])).payload.contains(r#""scp":[]"#));
}

#[test]
fn a_number_or_a_kid_stands_where_it_was_asked_for() {
    let payload = forged(&json!([
        {"claim": "a", "set": {"many": 3, "of": "{scope}-{n}"}},
        {"claim": "b", "set": {"kid": "attacker"}},
        {"claim": "c", "set": {"kid": "builtin"}},
        {"claim": "d", "set": "{second_issuer} {listener_host}"},
    ]))
    .payload;
    for member in [
        r#""a":["test_scope-0","test_scope-1","test_scope-2"]"#,
        r#""b":"badpenny-attacker-1""#,
        r#""c":"mock-idp-test-key-1-public-never-trust-this""#,
        r#""d":"https://127.0.0.1:1/oauth2/second 127.0.0.1:9""#,
    ] {
        assert!(payload.contains(member), "{payload}");
    }
}

#[test]
fn the_builtin_key_signs_whatever_the_issuer_signs_with() {
    let context = ForgeContext { keys: KeySet::new(builtin(BuiltinKey::Attacker2)), ..context() };
    let edits = json!([{"header": "kid", "set": {"kid": "builtin"}}, {"sign": "builtin"}]);
    let forged = forge(&context, &Mutation::from_json(&edits).unwrap()).unwrap();
    assert_eq!(forged.kid.as_deref(), Some(BuiltinKey::Issuer.kid()));
    assert!(forged.may_cause_fetch());
    assert!(verifies(&forged.token.expose_text(), jsonwebtoken::Algorithm::RS256));
}

#[test]
fn the_previous_key_is_known_after_a_rotation_only() {
    let edits =
        Mutation::from_json(&json!([{"sign": "previous"}, {"header": "kid", "set": {"kid": "previous"}}])).unwrap();
    assert!(matches!(forge(&context(), &edits), Err(ForgeError::NoPreviousKey)));
    let mut rotated = context();
    rotated.keys.activate(builtin(BuiltinKey::IssuerNext));
    let token = forge(&rotated, &edits).unwrap();
    assert_eq!(token.kid.as_deref(), Some(BuiltinKey::Issuer.kid()));
    assert!(verifies(&token.token.expose_text(), jsonwebtoken::Algorithm::RS256));
}

#[test]
fn an_unprotected_hmac_is_over_an_empty_header() {
    let token: Value = serde_json::from_str(&text(&json!([{"serialization": "unprotected-hs256"}]))).unwrap();
    assert_eq!(token["header"], json!({"alg": "HS256"}));
    assert!(token.get("protected").is_none());
    let pem = builtin(BuiltinKey::Issuer).public_form(crate::keys::PublicForm::SpkiPem).unwrap();
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &pem);
    let signature = URL_SAFE_NO_PAD.decode(token["signature"].as_str().unwrap()).unwrap();
    let input = format!(".{}", token["payload"].as_str().unwrap());
    aws_lc_rs::hmac::verify(&key, input.as_bytes(), &signature).unwrap();
}

#[test]
fn a_bomb_says_so_in_its_header_and_stays_small() {
    let token = text(&json!([{"jwe": "dir", "zip-bomb": 250_000_000}]));
    assert!(String::from_utf8(segments(&token)[0].clone()).unwrap().contains(r#""zip":"DEF""#));
    assert!((300_000..400_000).contains(&token.len()), "{}", token.len());
    assert!(Mutation::from_json(&json!([{"jwe": "dir", "zip-bomb": 1_000_000_000}])).is_err());
}

#[test]
fn the_parts_of_a_jwe_are_as_long_as_its_encryption_has_them() {
    for (enc, key, iv, tag) in [
        ("A128GCM", 16, 12, 16),
        ("A192GCM", 24, 12, 16),
        ("A256GCM", 32, 12, 16),
        ("A128CBC-HS256", 32, 16, 16),
        ("A192CBC-HS384", 48, 16, 24),
        ("A256CBC-HS512", 64, 16, 32),
    ] {
        let parts = segments(&text(&json!([{"jwe": "a256kw", "enc": enc}])));
        let header: Value = serde_json::from_slice(&parts[0]).unwrap();
        assert_eq!(header["enc"], enc);
        assert_eq!([1, 2, 4].map(|part| parts[part].len()), [key + 8, iv, tag], "{enc}");
        let direct = segments(&text(&json!([{"jwe": "dir", "enc": enc}])));
        assert!(direct[1].is_empty() && direct[4].len() == tag, "{enc}");
    }
}

#[test]
fn claims_alone_are_no_nested_token_and_one_thing_is_encrypted() {
    let header = |edit: Value| -> Value { serde_json::from_slice(&segments(&text(&json!([edit])))[0]).unwrap() };
    assert_eq!(header(json!({"jwe": "dir", "unsecured": true}))["cty"], "JWT");
    assert_eq!(header(json!({"jwe": "dir", "claims": true}))["cty"], Value::Null);
    let both = Mutation::from_json(&json!([{"jwe": "dir", "claims": true, "unsecured": true}])).unwrap_err();
    assert!(both.to_string().contains("one thing is encrypted"), "{both}");
    let unknown = Mutation::from_json(&json!([{"jwe": "dir", "enc": "A128CBC-HS25"}])).unwrap_err();
    assert!(unknown.to_string().contains("did you mean `A128CBC-HS256`?"), "{unknown}");
}

#[test]
fn the_salt_of_a_password_has_16_octets_in_the_one_way_of_writing_them() {
    let parts = segments(&text(&json!([{"jwe": "pbes2"}])));
    let header: Value = serde_json::from_slice(&parts[0]).unwrap();
    // Strictly: a loose bit would be an error.
    let salt = URL_SAFE_NO_PAD.decode(header["p2s"].as_str().unwrap()).unwrap();
    assert_eq!((salt.len(), parts[1].len()), (16, 40));
}

#[test]
fn a_polyglot_begins_behind_as_many_foreign_characters_as_it_is_filled_with() {
    let forged_part = |edit: Value| {
        let text = text(&json!([edit]));
        let whole: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(whole.as_object().unwrap().len(), 4);
        text.find("eyJ").unwrap()
    };
    let starts = [0, 1, 2, 3].map(|fill| forged_part(json!({"serialization": "polyglot", "fill": fill})));
    assert_eq!(starts, [2, 3, 4, 5]);
    let error = Mutation::from_json(&json!([{"serialization": "general", "fill": 1}])).unwrap_err();
    assert!(error.to_string().contains("only a \"polyglot\" can be filled"), "{error}");
}

#[test]
fn a_certificate_has_its_name_its_number_and_its_thumbprints() {
    use base64::engine::general_purpose::STANDARD;
    use sha2::Digest as _;
    let header = forged(&json!([
        {"header": "x5c", "set": {"x5c": "control"}},
        {"header": "many", "set": {"x5c": "control", "times": 3, "name": "Mallory & Söhne"}},
        {"header": "x5t", "set": {"x5t": "control"}},
        {"header": "x5t#S256", "set": {"x5t256": "control"}},
    ]))
    .header;
    let header: Value = serde_json::from_str(&header).unwrap();
    let der = STANDARD.decode(header["x5c"][0].as_str().unwrap()).unwrap();
    assert_eq!(header["x5t#S256"], URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(&der)));
    assert_eq!(header["x5t"].as_str().unwrap().len(), 27);
    let many = header["many"].as_array().unwrap();
    assert!(many.len() == 3 && many[0] == many[2] && many[0] != header["x5c"][0]);
    let named = STANDARD.decode(many[0].as_str().unwrap()).unwrap();
    assert!(named.windows(16).any(|window| window == "Mallory & Söhne".as_bytes()));
}

#[test]
fn a_random_modulus_has_exactly_the_bits_that_were_asked_for() {
    for bits in [8, 13, 2048, 16_384] {
        let edits = json!([{"header": "jwk", "set": {"random-jwk": bits}}]);
        let header: Value = serde_json::from_str(&forged(&edits).header).unwrap();
        let modulus = URL_SAFE_NO_PAD.decode(header["jwk"]["n"].as_str().unwrap()).unwrap();
        let found = modulus.len() * 8 - modulus[0].leading_zeros() as usize;
        assert_eq!((found, modulus.last().unwrap() & 1), (bits, 1));
    }
    assert!(Mutation::from_json(&json!([{"header": "jwk", "set": {"random-jwk": 7}}])).is_err());
}

#[test]
fn an_ecdsa_number_follows_the_stated_algorithm() {
    let length = |alg: &str| {
        let token = text(&json!([{"header": "alg", "set": alg}, {"signature": {"ecdsa": "zero"}}]));
        URL_SAFE_NO_PAD.decode(token.rsplit('.').next().unwrap()).unwrap()
    };
    assert_eq!(length("ES256"), [0; 64]);
    assert_eq!(length("ES512"), [0; 132]);
    let edits = json!([{"signature": {"ecdsa": "zero"}}]);
    let error = forge(&context(), &Mutation::from_json(&edits).unwrap()).unwrap_err();
    assert!(matches!(error, ForgeError::NotEcdsa), "{error}");
}

#[test]
fn a_mutation_knows_the_placeholders_that_it_uses() {
    let uses = |edit: Value, name: &str| Mutation::from_json(&json!([edit])).unwrap().uses(name);
    assert!(uses(json!({"claim": "iss", "set": "{second_issuer}"}), "second_issuer"));
    assert!(uses(json!({"scopes": ["{other_scope}"]}), "other_scope"));
    assert!(uses(json!({"header": "x5u", "raw": "\"{listener}/a.pem\""}), "listener"));
    assert!(uses(json!({"token": {"join": ["{scope}"]}}), "scope"));
    assert!(uses(json!({"claim": "x", "set": [{"many": 1, "of": "{kid}{n}"}]}), "kid"));
    assert!(!uses(json!({"claim": "iss", "set": "{issuer}"}), "listener"));
}
