use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::IntoResponse as _;
use mock_idp::claims::TokenSettings;
use mock_idp::clock::Clock;
use mock_idp::forge::{ForgeContext, forge};
use mock_idp::keys::{Algorithm, BuiltinKey, KeySet, builtin};
use mock_idp::mutation::Mutation;
use mock_idp::random::Random;

use super::issuer::Issuer;
use crate::api::Carrier;
use crate::demo::claims::Rules;
use crate::demo::gate::{Gate, Keys, Origin};
use crate::demo::keys::KeyCache;
use crate::demo::source::KeySource;
use crate::http::Request;
use crate::scenario::{Access, Case, Catalogue, Declared, Expectation, Plan, Values, Variant};

const NOW: i64 = 1_800_000_000;

fn context(issuer: &str) -> ForgeContext {
    ForgeContext {
        settings: TokenSettings::new(issuer),
        keys: KeySet::new(builtin(BuiltinKey::Issuer)).with_published(builtin(BuiltinKey::IssuerNext)),
        now: NOW,
        random: Random::seeded(1),
        token_id: "t".repeat(43),
        given: None,
    }
}

fn gate(context: &ForgeContext) -> Gate {
    let TokenSettings { issuer, audience, scope, dialect, .. } = context.settings.clone();
    let algorithm = Algorithm::Rs256;
    let source = KeySource::new(&dialect.jwks_uri(&issuer), "", algorithm).unwrap();
    let origin = Origin::Fetched(Arc::new(KeyCache::new(source, Duration::from_secs(3600))));
    let keys = Keys { algorithm, origin };
    Gate::new(Rules { issuer, audience, scope, dialect }, keys, Clock::fixed(NOW))
}

/// The header of the request that carries a variant's token.
fn headers(variant: &Variant, context: &ForgeContext) -> HeaderMap {
    let token = forge(context, &variant.token).unwrap().token;
    let control = forge(context, &Mutation::control()).unwrap().token;
    let values = Values {
        token: token.expose(),
        control: control.expose(),
        carrier: &Carrier::default(),
        path: "/",
        listener: "",
        declared: &Declared::default(),
        random: &context.random,
    };
    let mut request = Request::new("GET", "/").bearer(token.expose());
    for edit in &variant.request {
        edit.apply(&mut request, &values);
    }
    let pair = |header: &crate::http::Header| {
        (HeaderName::from_bytes(&header.name).unwrap(), HeaderValue::from_bytes(&header.value).unwrap())
    };
    let mut headers = HeaderMap::new();
    for (name, value) in request.headers.iter().map(pair) {
        headers.append(name, value);
    }
    headers
}

async fn status(gate: &Gate, headers: &HeaderMap) -> u16 {
    match gate.admit(headers).await {
        Ok(_) => 200,
        Err(refusal) => refusal.into_response().status().as_u16(),
    }
}

/// The statuses that are right for a case.
fn expected(case: &Case) -> Vec<u16> {
    match case.expectation() {
        Some(Expectation { access: Access::Accepted, .. }) | None => vec![200],
        Some(expectation) => expectation.status.clone(),
    }
}

/// The whole catalogue over real sockets is in `tests/`; here the gate alone is
/// held against core, whose cases are one token and one answer.
#[tokio::test]
async fn every_case_of_core_gets_the_answer_that_it_asks_for() {
    let keys = context("").keys.jwks();
    let issuer = Issuer::http(keys).await;
    let context = context(issuer.url());
    let gate = gate(&context);
    let plan = Plan::new(&Catalogue::embedded().unwrap(), "core", &[]).unwrap();
    let mut wrong = Vec::new();
    for case in &plan.cases {
        let seen = status(&gate, &headers(&case.variant, &context)).await;
        let expected = expected(case);
        if !expected.contains(&seen) {
            wrong.push(format!("{}: {seen} in place of {expected:?}", case.name()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(plan.cases.len(), 88);
    assert!(issuer.fetches() <= 3, "no more than a burst, however many unknown kids came");
}
