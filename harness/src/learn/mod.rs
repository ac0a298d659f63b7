//! What "accepted" means for this target, learned from the control.
//!
//! Any 2xx is an acceptance, unless it is the envelope in which the target
//! refuses (some answer 200 with an error in the body, as GraphQL does). Two
//! controls teach what varies by itself; a request without credentials and one
//! with a text that is no token teach the envelopes. Where the owner of the API
//! has declared what success is ([`crate::api::Success`]), that holds instead.

mod body;
mod refusal;

use body::Body;
pub use refusal::reads_like_refusal;

use crate::api::Success;
use crate::http::Answer;

/// Tells acceptances from refusals.
#[derive(Debug, Clone)]
pub struct Acceptance {
    first: Body,
    second: Body,
    /// The bodies of successes that refuse.
    envelopes: Vec<Body>,
    open: bool,
    takes_anything: bool,
    /// What the owner says that success is.
    success: Success,
}

impl Acceptance {
    /// Learns from two answers to the control, one to nobody, and one to a text
    /// that is no token.
    ///
    /// An answer like the control's is never taken for a refusal, whoever gets
    /// it: a target that takes anything is to be found out.
    #[must_use]
    pub fn learn(first: &Answer, second: &Answer, nobody: Option<&Answer>, junk: Option<&Answer>) -> Self {
        let success = |answer: Option<&Answer>| answer.filter(|answer| is_success(answer.status)).cloned();
        let (nobody, junk) = (success(nobody), success(junk));
        let (first, second) = (Body::of(first), Body::of(second));
        let is_served = |answer: &Answer| Body::of(answer).is_as_close_as(&first, &second);
        let open = nobody.as_ref().is_some_and(is_served);
        let takes_anything = open || junk.as_ref().is_some_and(is_served);
        // Who sends junk may be served as somebody else: only what reads like a
        // refusal, or is built otherwise than the resource, is one.
        let refuses = |answer: &Answer| reads_like_refusal(answer) || Body::of(answer).is_built_otherwise(&first);
        let of_junk = junk.filter(|answer| !is_served(answer) && refuses(answer));
        let of_nobody = nobody.filter(|_| !open);
        let envelopes = of_nobody.iter().chain(&of_junk).map(Body::of).collect();
        Self { first, second, envelopes, open, takes_anything, success: Success::Any }
    }

    /// What "accepted" means where it was declared: nothing of it is learned but
    /// who else is served.
    #[must_use]
    pub fn declared(success: &Success, control: &Answer, nobody: Option<&Answer>, junk: Option<&Answer>) -> Self {
        let is_served = |answer: Option<&Answer>| answer.is_some_and(|answer| success.holds(answer));
        let open = is_served(nobody);
        let takes_anything = open || is_served(junk);
        let (first, second) = (Body::of(control), Body::of(control));
        Self { first, second, envelopes: Vec::new(), open, takes_anything, success: success.clone() }
    }

    /// The same for requests that ask for something else than the resource, whose
    /// status alone says whether they are served.
    #[must_use]
    pub fn by_status(&self) -> Self {
        Self { success: Success::Any, envelopes: Vec::new(), ..self.clone() }
    }

    /// Whether the route serves requests without credentials.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Whether somebody without a token was answered like the control: nobody at
    /// all, or who sent a text that is none.
    #[must_use]
    pub fn takes_anything(&self) -> bool {
        self.takes_anything
    }

    /// Whether refusals of this target come as 2xx with another body.
    #[must_use]
    pub fn has_envelope(&self) -> bool {
        !self.open && !self.envelopes.is_empty()
    }

    /// Whether an answer with that status serves the resource, of which no more
    /// than its beginning came: where the body has a say, nobody knows.
    #[must_use]
    pub fn begins_to_accept(&self, status: u16) -> bool {
        self.success.begins(status) && !self.success.is_in_body() && !self.has_envelope()
    }

    /// Whether the answer refuses where the API's protocol refuses: in the body of
    /// a success, so that its status says nothing of that.
    #[must_use]
    pub fn refuses_in_body(&self, answer: &Answer) -> bool {
        self.success.refuses_in_body(answer)
    }

    /// Whether the answer serves the resource.
    #[must_use]
    pub fn accepts(&self, answer: &Answer) -> bool {
        if !self.success.holds(answer) {
            return false;
        }
        if self.success.is_declared() || !self.has_envelope() {
            return true;
        }
        let body = Body::of(answer);
        if body.is_as_close_as(&self.first, &self.second) {
            return true;
        }
        let control = self.first.clone().stable_with(&self.second);
        self.envelopes.iter().all(|envelope| {
            control.likeness_apart_from(envelope, &body) > envelope.likeness_apart_from(&control, &body)
        })
    }
}

fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer::new(status).with_body(body)
    }

    #[test]
    fn without_an_envelope_any_success_is_an_acceptance() {
        let control = answer(200, "Hello");
        let acceptance = Acceptance::learn(&control, &control, Some(&answer(401, "no")), None);
        assert!(acceptance.accepts(&answer(204, "")));
        assert!(!acceptance.accepts(&answer(302, "Hello")));
        assert!(!acceptance.is_open());
    }

    #[test]
    fn an_error_in_the_body_of_a_success_is_a_refusal() {
        let first = answer(200, r#"{"message":"hello","id":1}"#);
        let second = answer(200, r#"{"message":"hello","id":2}"#);
        let acceptance = Acceptance::learn(&first, &second, Some(&answer(200, r#"{"error":"no token"}"#)), None);
        assert!(acceptance.has_envelope());
        assert!(!acceptance.accepts(&answer(200, r#"{"error":"jwt expired"}"#)));
        assert!(acceptance.accepts(&answer(200, r#"{"message":"hello","id":9}"#)));
    }

    #[test]
    fn a_flag_in_the_same_envelope_tells_them_apart() {
        let control = answer(200, r#"{"ok":true,"version":3}"#);
        let acceptance = Acceptance::learn(&control, &control, Some(&answer(200, r#"{"ok":false,"version":3}"#)), None);
        assert!(acceptance.has_envelope());
        assert!(!acceptance.accepts(&answer(200, r#"{"ok":false,"version":3}"#)));
        assert!(acceptance.accepts(&control));
    }

    #[test]
    fn a_route_that_serves_nobody_by_name_is_open_all_the_same() {
        let control = answer(200, r#"{"message":"hello","sub":"me"}"#);
        let acceptance =
            Acceptance::learn(&control, &control, Some(&answer(200, r#"{"message":"hello","sub":null}"#)), None);
        assert!(acceptance.is_open());
    }

    #[test]
    fn plain_text_envelopes_are_told_apart_by_their_words() {
        let control = answer(200, "Hello, world!");
        let acceptance =
            Acceptance::learn(&control, &control, Some(&answer(200, "Unauthorized: no token was sent")), None);
        assert!(!acceptance.accepts(&answer(200, "Unauthorized: the token was expired")));
        assert!(acceptance.accepts(&answer(200, "Hello, world!")));
    }

    #[test]
    fn values_that_vary_by_themselves_tell_nothing() {
        let first = answer(200, r#"{"now":1,"request":"a"}"#);
        let second = answer(200, r#"{"now":2,"request":"b"}"#);
        let acceptance = Acceptance::learn(&first, &second, Some(&answer(200, r#"{"error":"no token"}"#)), None);
        assert!(acceptance.accepts(&answer(200, r#"{"now":3,"request":"c"}"#)));
        assert!(!acceptance.accepts(&answer(200, r#"{"error":"expired"}"#)));
    }

    #[test]
    fn a_login_page_in_the_layout_of_the_resource_is_not_the_resource() {
        let layout = "<nav>home</nav> ".repeat(2000);
        let page = |middle: &str| answer(200, &format!("<html>{layout}<main>{middle}</main>{layout}</html>"));
        let acceptance = Acceptance::learn(&page("your data"), &page("your data"), Some(&page("Please log in")), None);
        assert!(!acceptance.is_open());
        assert!(!acceptance.accepts(&page("Please log in again")));
        assert!(acceptance.accepts(&page("your data")));
    }

    #[test]
    fn a_route_that_answers_nobody_like_the_control_is_open() {
        let control = answer(200, "Hello, world!");
        let acceptance = Acceptance::learn(&control, &control, Some(&control), None);
        assert!(acceptance.is_open());
        assert!(acceptance.accepts(&control));
    }

    #[test]
    fn an_envelope_that_only_a_bad_token_gets_is_learned_from_a_text_that_is_none() {
        let control = answer(200, r#"{"data":{"me":{"id":"7"}}}"#);
        let nobody = answer(401, "");
        let junk = answer(200, r#"{"data":null,"errors":[{"message":"no JWT"}]}"#);
        let acceptance = Acceptance::learn(&control, &control, Some(&nobody), Some(&junk));
        assert!(acceptance.has_envelope() && !acceptance.is_open() && !acceptance.takes_anything());
        let expired = r#"{"data":null,"errors":[{"message":"expired","extensions":{"code":"UNAUTHENTICATED"}}]}"#;
        assert!(!acceptance.accepts(&answer(200, expired)));
        assert!(acceptance.accepts(&answer(200, r#"{"data":{"me":{"id":"8"}}}"#)));
        assert!(acceptance.accepts(&control));
    }

    #[test]
    fn what_was_declared_takes_the_place_of_what_is_learned() {
        let control = answer(200, r#"{"data":{"me":1}}"#);
        let refused = answer(200, r#"{"data":null,"errors":[{"message":"no"}]}"#);
        let acceptance = Acceptance::declared(&Success::GraphQl, &control, Some(&refused), Some(&refused));
        assert!(!acceptance.is_open() && !acceptance.has_envelope());
        assert!(acceptance.accepts(&answer(200, r#"{"data":{"other":"build"}}"#)));
        assert!(!acceptance.accepts(&refused) && acceptance.refuses_in_body(&refused));
        assert!(!acceptance.begins_to_accept(200));
        assert!(Acceptance::declared(&Success::GraphQl, &control, Some(&control), None).is_open());
    }

    #[test]
    fn a_server_that_takes_a_text_that_is_no_token_has_no_envelope() {
        let control = answer(200, r#"{"message":"hello","sub":"me"}"#);
        for served in [r#"{"message":"hello","sub":"me"}"#, r#"{"message":"hello","sub":"anonymous"}"#] {
            let junk = answer(200, served);
            let acceptance = Acceptance::learn(&control, &control, Some(&answer(401, "")), Some(&junk));
            assert!(!acceptance.has_envelope(), "{served}");
            assert!(acceptance.accepts(&junk), "{served}");
        }
    }

    #[test]
    fn each_envelope_counts_where_there_are_two() {
        let control = answer(200, r#"{"data":[1,2]}"#);
        let (nobody, junk) = (answer(200, "Please log in"), answer(200, r#"{"error":"no JWT"}"#));
        let acceptance = Acceptance::learn(&control, &control, Some(&nobody), Some(&junk));
        assert!(!acceptance.accepts(&answer(200, "Please log in")));
        assert!(!acceptance.accepts(&answer(200, r#"{"error":"expired"}"#)));
        assert!(acceptance.accepts(&control));
    }
}
