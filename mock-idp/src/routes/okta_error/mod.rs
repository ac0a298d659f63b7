//! Okta's refusals, as data: status, style of the body, code and text. One file per concern.

/// The rows of one concern, each a constant of [`OktaError`]; `ROWS` has them by name.
macro_rules! rows {
    ($($(#[$doc:meta])* $name:ident = $row:expr;)*) => {
        impl super::OktaError {
            $($(#[$doc])* pub(in crate::routes) const $name: Self = $row;)*
        }

        pub(super) static ROWS: &[(&str, super::OktaError)] = &[$((stringify!($name), super::OktaError::$name)),*];
    };
}

mod answer;
mod authorize;
mod client;
mod device;
mod dpop;
mod exchange;
mod grant;
mod id_jag;
mod management;
mod par;
mod request;
mod resource;
mod scope;
mod token;

pub(super) use management::invalid;

use hyper::StatusCode;

use crate::issuer::{Inner, Response};
use crate::json::quote;

/// A refusal as Okta words it; `{}` in its text stands for the particulars.
#[derive(Debug)]
pub(super) struct OktaError {
    status: StatusCode,
    style: Style,
    code: &'static str,
    text: &'static str,
}

#[derive(Debug)]
enum Style {
    /// RFC 6749, section 5.2.
    OAuth,
    /// Of Okta's own APIs.
    Okta,
}

/// A refusal with its particulars.
#[derive(Debug)]
pub(super) struct Refusal {
    error: &'static OktaError,
    particulars: String,
    /// What is wrong in detail; told in Okta's own style only.
    causes: Vec<String>,
}

const fn oauth(status: StatusCode, code: &'static str, text: &'static str) -> OktaError {
    OktaError { status, style: Style::OAuth, code, text }
}

const fn okta(status: StatusCode, code: &'static str, text: &'static str) -> OktaError {
    OktaError { status, style: Style::Okta, code, text }
}

const BAD: StatusCode = StatusCode::BAD_REQUEST;
const UNAUTHORIZED: StatusCode = StatusCode::UNAUTHORIZED;
const FORBIDDEN: StatusCode = StatusCode::FORBIDDEN;

/// The rows of every concern.
const CONCERNS: [&[(&str, OktaError)]; 14] = [
    answer::ROWS,
    authorize::ROWS,
    client::ROWS,
    device::ROWS,
    dpop::ROWS,
    exchange::ROWS,
    grant::ROWS,
    management::ROWS,
    id_jag::ROWS,
    par::ROWS,
    request::ROWS,
    resource::ROWS,
    scope::ROWS,
    token::ROWS,
];

/// The names of all rows.
pub(crate) fn names() -> Vec<&'static str> {
    CONCERNS.into_iter().flatten().map(|(name, _)| *name).collect()
}

impl OktaError {
    /// The row of that name, such as `WRONG_SECRET`.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        CONCERNS.into_iter().flatten().find(|(known, _)| *known == name).map(|(_, row)| row)
    }

    /// The refusal as it is.
    pub(super) fn plain(&'static self) -> Refusal {
        self.about("")
    }

    /// The refusal about something.
    pub(super) fn about(&'static self, particulars: impl Into<String>) -> Refusal {
        Refusal { error: self, particulars: particulars.into(), causes: Vec::new() }
    }
}

/// Goes on where that is right.
pub(super) fn refuse_unless(is_right: bool, error: &'static OktaError) -> Result<(), Refusal> {
    if is_right { Ok(()) } else { Err(error.plain()) }
}

impl Refusal {
    /// The refusal with one more thing that is wrong in detail.
    pub(super) fn because(mut self, cause: impl Into<String>) -> Self {
        self.causes.push(cause.into());
        self
    }

    /// The first thing that is wrong in detail.
    pub(super) fn cause(&self) -> Option<&str> {
        self.causes.first().map(String::as_str)
    }

    /// The value of `error`.
    pub(super) fn code(&self) -> &'static str {
        self.error.code
    }

    /// The text, with its particulars.
    pub(super) fn text(&self) -> String {
        self.error.text.replacen("{}", &self.particulars, 1)
    }

    pub(super) fn response(&self, issuer: &Inner) -> Response {
        let code = quote(self.error.code);
        let text = quote(&self.text());
        let body = match self.error.style {
            Style::OAuth => format!(r#"{{"error":{code},"error_description":{text}}}"#),
            Style::Okta => {
                let id = quote(&issuer.error_id());
                let causes = self.causes.iter().map(|cause| format!(r#"{{"errorSummary":{}}}"#, quote(cause)));
                let causes = causes.collect::<Vec<_>>().join(",");
                format!(
                    r#"{{"errorCode":{code},"errorSummary":{text},"errorLink":{code},"errorId":{id},"errorCauses":[{causes}]}}"#
                )
            }
        };
        Response::json(self.error.status, body)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_row_has_a_name_of_its_own_and_is_an_error() {
        let names: Vec<&str> = CONCERNS.into_iter().flatten().map(|(name, _)| *name).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
        for name in names {
            let row = OktaError::named(name).unwrap();
            assert!(row.status.is_client_error() || row.status.is_server_error(), "{name}");
        }
    }
}
