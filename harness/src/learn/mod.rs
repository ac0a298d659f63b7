//! What "accepted" means for this target, learned from the control.
//!
//! Any 2xx is an acceptance, unless it is the envelope in which the target
//! refuses (some answer 200 with an error in the body). Two controls teach what
//! varies by itself, one request without credentials teaches the envelope.

mod body;
mod refusal;

use body::Body;
pub use refusal::reads_like_refusal;

use crate::http::Answer;

/// Tells acceptances from refusals.
#[derive(Debug, Clone)]
pub struct Acceptance {
    control: Body,
    /// The answer to a request without credentials, where it is a 2xx too.
    stranger: Option<Body>,
    open: bool,
}

impl Acceptance {
    /// Learns from two answers to the control and one to nobody.
    #[must_use]
    pub fn learn(first: &Answer, second: &Answer, stranger: Option<&Answer>) -> Self {
        let (first, second) = (Body::of(first), Body::of(second));
        let stranger = stranger.filter(|answer| is_success(answer.status)).map(Body::of);
        let open = stranger.as_ref().is_some_and(|stranger| stranger.is_as_close_as(&first, &second));
        Self { control: first.stable_with(&second), stranger, open }
    }

    /// Whether the route serves requests without credentials.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Whether refusals of this target come as 2xx with another body.
    #[must_use]
    pub fn has_envelope(&self) -> bool {
        self.stranger.is_some() && !self.open
    }

    /// Whether the answer serves the resource.
    #[must_use]
    pub fn accepts(&self, answer: &Answer) -> bool {
        if !is_success(answer.status) {
            return false;
        }
        match &self.stranger {
            Some(stranger) if !self.open => {
                let body = Body::of(answer);
                self.control.likeness_apart_from(stranger, &body) > stranger.likeness_apart_from(&self.control, &body)
            }
            _ => true,
        }
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
        let acceptance = Acceptance::learn(&control, &control, Some(&answer(401, "no")));
        assert!(acceptance.accepts(&answer(204, "")));
        assert!(!acceptance.accepts(&answer(302, "Hello")));
        assert!(!acceptance.is_open());
    }

    #[test]
    fn an_error_in_the_body_of_a_success_is_a_refusal() {
        let first = answer(200, r#"{"message":"hello","id":1}"#);
        let second = answer(200, r#"{"message":"hello","id":2}"#);
        let acceptance = Acceptance::learn(&first, &second, Some(&answer(200, r#"{"error":"no token"}"#)));
        assert!(acceptance.has_envelope());
        assert!(!acceptance.accepts(&answer(200, r#"{"error":"jwt expired"}"#)));
        assert!(acceptance.accepts(&answer(200, r#"{"message":"hello","id":9}"#)));
    }

    #[test]
    fn a_flag_in_the_same_envelope_tells_them_apart() {
        let control = answer(200, r#"{"ok":true,"version":3}"#);
        let acceptance = Acceptance::learn(&control, &control, Some(&answer(200, r#"{"ok":false,"version":3}"#)));
        assert!(acceptance.has_envelope());
        assert!(!acceptance.accepts(&answer(200, r#"{"ok":false,"version":3}"#)));
        assert!(acceptance.accepts(&control));
    }

    #[test]
    fn a_route_that_serves_nobody_by_name_is_open_all_the_same() {
        let control = answer(200, r#"{"message":"hello","sub":"me"}"#);
        let acceptance = Acceptance::learn(&control, &control, Some(&answer(200, r#"{"message":"hello","sub":null}"#)));
        assert!(acceptance.is_open());
    }

    #[test]
    fn plain_text_envelopes_are_told_apart_by_their_words() {
        let control = answer(200, "Hello, world!");
        let acceptance = Acceptance::learn(&control, &control, Some(&answer(200, "Unauthorized: no token was sent")));
        assert!(!acceptance.accepts(&answer(200, "Unauthorized: the token was expired")));
        assert!(acceptance.accepts(&answer(200, "Hello, world!")));
    }

    #[test]
    fn values_that_vary_by_themselves_tell_nothing() {
        let first = answer(200, r#"{"now":1,"request":"a"}"#);
        let second = answer(200, r#"{"now":2,"request":"b"}"#);
        let acceptance = Acceptance::learn(&first, &second, Some(&answer(200, r#"{"error":"no token"}"#)));
        assert!(acceptance.accepts(&answer(200, r#"{"now":3,"request":"c"}"#)));
        assert!(!acceptance.accepts(&answer(200, r#"{"error":"expired"}"#)));
    }

    #[test]
    fn a_login_page_in_the_layout_of_the_resource_is_not_the_resource() {
        let layout = "<nav>home</nav> ".repeat(2000);
        let page = |middle: &str| answer(200, &format!("<html>{layout}<main>{middle}</main>{layout}</html>"));
        let acceptance = Acceptance::learn(&page("your data"), &page("your data"), Some(&page("Please log in")));
        assert!(!acceptance.is_open());
        assert!(!acceptance.accepts(&page("Please log in again")));
        assert!(acceptance.accepts(&page("your data")));
    }

    #[test]
    fn a_route_that_answers_nobody_like_the_control_is_open() {
        let control = answer(200, "Hello, world!");
        let acceptance = Acceptance::learn(&control, &control, Some(&control));
        assert!(acceptance.is_open());
        assert!(acceptance.accepts(&control));
    }
}
