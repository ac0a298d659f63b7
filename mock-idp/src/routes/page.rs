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

/// What all pages look like; it stands in each of them.
pub(super) const STYLE: &str = include_str!("../../templates/style.css");
/// Sends the form of a page by itself.
pub(super) const SUBMIT: &str = "document.forms[0].submit()";
/// Gives the fields of a form to the window that opened this one or holds it, if that
/// is of the client's origin: nobody else gets them.
pub(super) const POST: &str = "const form = document.forms[0]; \
    const data = Object.fromEntries([...form.elements].filter((field) => field.name).map((field) => [field.name, field.value])); \
    (window.opener || window.parent).postMessage(data, new URL(form.getAttribute('action')).origin)";

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

/// Where a user consents, or does not.
#[derive(Template)]
#[template(path = "consent.html")]
pub(super) struct ConsentPage<'a> {
    /// Where it is sent to.
    pub(super) action: &'a str,
    pub(super) ticket: &'a str,
    pub(super) client: &'a str,
    pub(super) login: &'a str,
    /// What the device shows, where one is to be connected.
    pub(super) user_code: Option<&'a str>,
    /// Each with what it brings, where that is known.
    pub(super) scopes: &'a [(&'a str, &'a str)],
}

/// Where a user enters what a device shows.
#[derive(Template)]
#[template(path = "activate.html")]
pub(super) struct ActivatePage<'a> {
    pub(super) action: &'a str,
    pub(super) ticket: &'a str,
    pub(super) user_code: &'a str,
    pub(super) is_wrong: bool,
}

/// What goes back to a client as a form.
#[derive(Template)]
#[template(path = "form_post.html")]
struct FormPostPage<'a> {
    action: &'a str,
    fields: &'a [(&'a str, &'a str)],
}

/// What goes back to a client as a message between windows.
#[derive(Template)]
#[template(path = "post_message.html")]
struct PostMessagePage<'a> {
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

/// A page that asks; the browser may go back to the client from there.
pub(super) fn ask(page: &impl Template, redirect_uri: Option<&str>) -> Response {
    let client = redirect_uri.map(|uri| format!(" {}", origin_of(uri))).unwrap_or_default();
    html(StatusCode::OK, page, &format!("form-action 'self'{client}"), NO_FRAME)
}

/// Fields that the browser posts to the client (OAuth 2.0 Form Post Response Mode).
pub(super) fn form_post(redirect_uri: &str, fields: &[(&str, &str)]) -> Response {
    let policy = format!("script-src {}; form-action {}", hash(SUBMIT), origin_of(redirect_uri));
    html(StatusCode::OK, &FormPostPage { action: redirect_uri, fields }, &policy, NO_FRAME)
}

/// Fields that the browser gives to a window of the client: Okta's
/// `okta_post_message`. The client may hold the page in a frame.
pub(super) fn post_message(redirect_uri: &str, fields: &[(&str, &str)]) -> Response {
    let policy = format!("script-src {}; form-action 'none'", hash(POST));
    html(StatusCode::OK, &PostMessagePage { action: redirect_uri, fields }, &policy, &origin_of(redirect_uri))
}

/// A refusal that must not go back to the client.
pub(super) fn refusal(refusal: &Refusal) -> Response {
    message(StatusCode::BAD_REQUEST, "Bad request", &refusal.text())
}

/// A title and a sentence.
pub(super) fn message(status: StatusCode, title: &str, text: &str) -> Response {
    html(status, &MessagePage { title, text }, "form-action 'none'", NO_FRAME)
}

/// For the pages that nobody may hold in a frame.
const NO_FRAME: &str = "'none'";

fn html(status: StatusCode, page: &impl Template, policy: &str, frame_ancestors: &str) -> Response {
    let style = hash(STYLE);
    let policy =
        format!("default-src 'none'; style-src {style}; {policy}; base-uri 'none'; frame-ancestors {frame_ancestors}");
    let response = Response { body: page.render().unwrap_or_default().into(), ..Response::empty(status) };
    uncached(response).with(CONTENT_TYPE, "text/html; charset=utf-8").with_text(CONTENT_SECURITY_POLICY, policy)
}

/// As a Content-Security-Policy names an inline text (CSP Level 3, section 2.3.1).
fn hash(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(sha2::Sha256::digest(text)))
}
