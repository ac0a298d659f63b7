//! The pages that a person sees: server-rendered, without a request to anywhere else.

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::StatusCode;
use hyper::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use sha2::Digest as _;

use super::Refusal;
use super::token::uncached;
use crate::config::origin_of;
use crate::issuer::Response;
use crate::session::ReturnTo;

/// What all pages look like; it stands in each of them.
pub(super) const STYLE: &str = include_str!("../../templates/style.css");
/// The one script that there is.
pub(super) const SUBMIT: &str = "document.forms[0].submit()";

/// Where a user signs in. It works without a script.
#[derive(Template)]
#[template(path = "sign_in.html")]
pub(super) struct SignInPage<'a> {
    /// Where it is sent to.
    pub(super) action: &'a str,
    pub(super) ticket: &'a str,
    pub(super) client: &'a str,
    pub(super) login: &'a str,
    pub(super) is_wrong: bool,
    /// Whether any login is right.
    pub(super) is_open: bool,
}

/// What goes back to a client as a form.
#[derive(Template)]
#[template(path = "form_post.html")]
struct FormPostPage<'a> {
    action: &'a str,
    fields: &'a [(&'a str, &'a str)],
}

/// Something to read.
#[derive(Template)]
#[template(path = "message.html")]
struct MessagePage<'a> {
    title: &'a str,
    text: &'a str,
}

/// The sign-in page; the browser may go back to the client from there.
pub(super) fn sign_in(page: &SignInPage<'_>, back: &ReturnTo) -> Response {
    html(StatusCode::OK, page, &format!("form-action 'self' {}", origin_of(&back.redirect_uri)))
}

/// Fields that the browser posts to the client (OAuth 2.0 Form Post Response Mode).
pub(super) fn form_post(redirect_uri: &str, fields: &[(&str, &str)]) -> Response {
    let policy = format!("script-src {}; form-action {}", hash(SUBMIT), origin_of(redirect_uri));
    html(StatusCode::OK, &FormPostPage { action: redirect_uri, fields }, &policy)
}

/// A refusal that must not go back to the client.
pub(super) fn refusal(refusal: &Refusal) -> Response {
    message(StatusCode::BAD_REQUEST, "Bad request", &refusal.text())
}

/// A title and a sentence.
pub(super) fn message(status: StatusCode, title: &str, text: &str) -> Response {
    html(status, &MessagePage { title, text }, "form-action 'none'")
}

fn html(status: StatusCode, page: &impl Template, policy: &str) -> Response {
    let policy =
        format!("default-src 'none'; style-src {}; {policy}; base-uri 'none'; frame-ancestors 'none'", hash(STYLE));
    let response = Response { body: page.render().unwrap_or_default().into(), ..Response::empty(status) };
    uncached(response).with(CONTENT_TYPE, "text/html; charset=utf-8").with_text(CONTENT_SECURITY_POLICY, policy)
}

/// As a Content-Security-Policy names an inline text (CSP Level 3, section 2.3.1).
fn hash(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(sha2::Sha256::digest(text)))
}
