//! What a sound server is held to: each function is one sentence about it, with its own issuer
//! and its own server.

mod claims;
mod envelope;
pub(crate) mod forms;
pub(crate) mod issuer;
mod keys;
mod raw;
mod refused;
mod served;
#[path = "../support/token.rs"]
pub(crate) mod token;

use std::net::SocketAddr;

use serde_json::json;

use issuer::Issuer;
use raw::{Answer, exchange, request};

pub(crate) use claims::*;
pub(crate) use envelope::*;
pub(crate) use issuer::Shape;
pub(crate) use keys::*;
pub(crate) use refused::*;
pub(crate) use served::*;

/// What a server is told.
pub(crate) struct Setup {
    /// Whose tokens it takes, and which shape they have.
    pub(crate) issuer: String,
    pub(crate) shape: Shape,
    /// Milliseconds between two fetches of the keys.
    pub(crate) cooldown: u64,
    /// Milliseconds after which keys are fetched again.
    pub(crate) max_age: u64,
    /// The clients that may call, with spaces between them.
    pub(crate) clients: &'static str,
}

/// A server under test. It ends when it is dropped.
pub(crate) trait Server: Sized {
    /// Its realm.
    const REALM: &'static str;

    /// Starts it on a free port of the loopback.
    async fn start(setup: Setup) -> (Self, SocketAddr);
}

/// A server and the issuer whose tokens it takes.
pub(crate) struct Bench<S> {
    pub(crate) issuer: Issuer,
    pub(crate) address: SocketAddr,
    pub(crate) _server: S,
}

impl<S: Server> Bench<S> {
    pub(crate) async fn start(shape: Shape) -> Self {
        Self::start_with(shape, |_| {}).await
    }

    pub(crate) async fn start_with(shape: Shape, adjust: impl FnOnce(&mut Setup)) -> Self {
        let issuer = Issuer::start(shape).await;
        let mut setup = Setup { issuer: issuer.id.clone(), shape, cooldown: 60_000, max_age: 600_000, clients: "" };
        adjust(&mut setup);
        let (server, address) = S::start(setup).await;
        Self { issuer, address, _server: server }
    }

    /// The one answer to a request with these header lines.
    async fn send(&self, start: &str, lines: &[impl AsRef<[u8]>]) -> Answer {
        let mut answers = exchange(self.address, &request(start, lines, "")).await;
        assert_eq!(answers.len(), 1, "{start}: {answers:?}");
        answers.remove(0)
    }

    async fn get(&self, lines: &[impl AsRef<[u8]>]) -> Answer {
        self.send("GET /", lines).await
    }

    pub(crate) async fn bearer(&self, token: &str) -> Answer {
        self.get(&[format!("Authorization: Bearer {token}")]).await
    }

    pub(crate) async fn assert_served(&self, scenario: &str, token: &str) {
        let answer = self.bearer(token).await;
        assert_eq!(answer.status, 200, "{scenario}: {token}: {answer:?}");
    }

    async fn assert_control(&self) {
        self.assert_served("baseline/valid", &self.issuer.token(json!({}))).await;
    }

    /// response/invalid-token-code, response/no-token-echo: refused, told so, and nothing more.
    pub(crate) async fn assert_invalid(&self, scenario: &str, token: &str) {
        let answer = self.bearer(token).await;
        assert_eq!(answer.status, 401, "{scenario}: {token}: {answer:?}");
        let challenge = format!(
            "Bearer realm=\"{}\", error=\"invalid_token\", \
             error_description=\"the access token is not valid here\"",
            S::REALM
        );
        assert_eq!(answer.field("www-authenticate"), challenge, "{scenario}");
        let body = r#"{"error":"invalid_token","error_description":"the access token is not valid here"}"#;
        assert_eq!(answer.body, body, "{scenario}");
    }
}

/// Names each sentence as a test of a server and a shape.
macro_rules! hold {
    ($server:ty, $shape:expr, $($sentence:ident),+ $(,)?) => {
        $(#[tokio::test]
        async fn $sentence() {
            crate::suite::$sentence::<$server>($shape).await;
        })+
    };
}

/// Holds a server to all of it.
macro_rules! hold_all {
    ($server:ty, $shape:expr) => {
        crate::suite::hold! {
            $server, $shape,
            good_tokens_are_served_in_every_legal_form,
            the_type_of_the_shape_is_taken_in_any_case,
            tokens_of_the_other_shape_are_refused,
            the_answer_names_the_caller,
            each_route_and_method_needs_its_own_scopes,
            what_everybody_may_read_needs_no_token,
            only_known_clients_call_where_they_are_named,
            bad_claims_are_refused,
            a_claim_that_the_shape_needs_is_missed,
            claims_that_can_not_be_read_are_refused,
            a_token_that_was_not_signed_as_it_stands_is_refused,
            headers_that_are_not_understood_are_refused,
            segments_that_are_not_strict_are_refused,
            a_missing_scope_is_forbidden_and_named,
            a_bad_token_without_the_scope_is_a_bad_token,
            what_carries_no_bearer_token_is_challenged_without_an_error,
            what_carries_no_single_token_is_an_invalid_request,
            bytes_that_no_field_may_hold_are_refused,
            a_token_counts_in_its_one_place_only,
            other_methods_and_paths_show_nothing,
            a_browser_may_ask_first_and_read_the_challenge,
            no_answer_may_be_kept,
            huge_headers_do_no_harm,
            answers_on_one_connection_are_each_for_their_own_request,
            a_new_key_is_found_and_a_withdrawn_one_is_gone,
            unknown_keys_are_looked_up_once_in_a_cooldown,
            an_empty_key_set_is_not_fetched_for_every_token,
            keys_that_are_too_old_are_fetched_again,
            a_herd_of_first_requests_fetches_the_keys_once,
            known_keys_hold_while_the_issuer_fails,
            without_keys_nothing_is_judged_until_they_come,
            a_caller_who_hangs_up_does_not_end_the_fetch,
            unusable_members_do_not_spoil_the_set,
            keys_that_must_not_be_used_are_not,
            fetches_say_who_asks_and_nothing_else,
        }
    };
}

pub(crate) use {hold, hold_all};
