//! How the API listens, as arguments and as settings of `badpenny.toml`.

use std::str::FromStr;

use clap::Args;

use super::config::fill;
use super::session_args::SessionArgs;
use crate::api::{Api, ApiError, Call, Carrier, Opening, Session, Success};
use crate::engine::RunSettings;
use crate::error::Failure;
use crate::http::Endpoint;

/// The arguments that say it.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct ApiArgs {
    /// Where the token travels: bearer, scheme:NAME, bare, field:NAME, basic:USER, cookie:NAME, json:/POINTER, form:NAME or websocket [default: bearer]
    #[arg(long, value_name = "WHERE", env = "BADPENNY_CARRIER", help_heading = "API")]
    pub(super) carrier: Option<Carrier>,
    /// What success is: 2xx, status:CODE, json:/POINTER, graphql, json-rpc, upgrade or stream [default: 2xx, with what the valid token teaches; upgrade with websocket]
    #[arg(long, value_name = "WHAT", env = "BADPENNY_SUCCESS", help_heading = "API")]
    pub(super) success: Option<Success>,
    /// A call before the others, made with the valid token: its method, and its path where that is not the route's, such as 'POST /mcp'
    #[arg(long, value_name = "METHOD [PATH]", help_heading = "API")]
    pub(super) opening: Option<Call>,
    /// The body of that call; repeatable, for one call after the other
    #[arg(long = "opening-body", value_name = "TEXT", help_heading = "API")]
    pub(super) opening_bodies: Vec<String>,
    /// Where the answer to it has the id that goes into each other request: field:NAME, cookie:NAME or json:/POINTER; behind ->, where that goes instead
    #[arg(long, value_name = "FROM[ -> TO]", help_heading = "API")]
    pub(super) session: Option<Session>,
}

/// The same words in `badpenny.toml`.
#[derive(Debug, Default)]
pub(super) struct ApiTexts {
    pub(super) carrier: Option<String>,
    pub(super) success: Option<String>,
    pub(super) opening: Option<String>,
    pub(super) opening_body: Vec<String>,
    pub(super) session: Option<String>,
}

impl ApiArgs {
    /// Takes from the file what the arguments leave open.
    ///
    /// # Errors
    ///
    /// [`Failure`] when a text of the file says nothing.
    pub(super) fn fill(&mut self, file: ApiTexts) -> Result<(), Failure> {
        fill(&mut self.carrier, parsed(file.carrier, "carrier")?);
        fill(&mut self.success, parsed(file.success, "success")?);
        // A call on the command line takes the place of the file's, whole.
        if self.opening.is_none() {
            fill(&mut self.opening, parsed(file.opening, "opening")?);
            fill(&mut self.session, parsed(file.session, "session")?);
            if self.opening_bodies.is_empty() {
                self.opening_bodies = file.opening_body;
            }
        }
        Ok(())
    }

    /// What they say together.
    ///
    /// # Errors
    ///
    /// [`Failure`] when one lacks another.
    pub(super) fn api(&self) -> Result<Api, Failure> {
        let carrier = self.carrier.clone().unwrap_or_default();
        let is_websocket = matches!(carrier, Carrier::WebSocket(_));
        let success = match &self.success {
            Some(success) => success.clone(),
            None if is_websocket => Success::Upgrade,
            None => Success::default(),
        };
        Ok(Api { carrier, success, opening: self.opening()? })
    }

    fn opening(&self) -> Result<Option<Opening>, Failure> {
        let bodies = self.opening_bodies.iter().map(|body| body.clone().into_bytes()).collect();
        match (&self.opening, &self.session) {
            (Some(call), Some(session)) => Ok(Some(Opening { call: call.clone(), bodies, session: session.clone() })),
            (Some(_), None) => Err(Failure::usage(
                "--opening needs --session: where its answer has the id of the session, such as --session field:Mcp-Session-Id",
            )),
            (None, Some(_)) => {
                Err(Failure::usage("--session needs --opening: the call that begins it, such as --opening 'POST /mcp'"))
            }
            (None, None) if !self.opening_bodies.is_empty() => Err(Failure::usage(
                "--opening-body needs --opening: the call that it belongs to, such as --opening POST",
            )),
            (None, None) => Ok(None),
        }
    }

    fn is_given(&self) -> bool {
        let Self { carrier, success, opening, opening_bodies, session } = self;
        carrier.is_some() || success.is_some() || opening.is_some() || !opening_bodies.is_empty() || session.is_some()
    }
}

/// Whether the requests of these arguments can carry what is to stand in them.
///
/// # Errors
///
/// [`Failure`] that says what would be right.
pub(super) fn check(args: &SessionArgs) -> Result<(), Failure> {
    if args.command.is_none() && args.url.is_none() && args.api.is_given() {
        return Err(Failure::usage(
            "--carrier, --success and --opening need --url or --command: the built-in demo server takes Authorization: Bearer",
        ));
    }
    let api = args.api.api()?;
    let settings = RunSettings {
        method: args.method.clone().unwrap_or(RunSettings::default().method),
        headers: args.headers.iter().map(super::header_arg::HeaderArg::header).collect(),
        body: args.body.clone().map(String::into_bytes),
        ..RunSettings::default()
    };
    // Which one does not matter: only what it carries is looked at.
    let endpoint: Endpoint = "http://localhost/".parse().map_err(Failure::usage)?;
    api.check(&settings.route_request(&endpoint)).map_err(Failure::usage)
}

fn parsed<T: FromStr<Err = ApiError>>(text: Option<String>, name: &str) -> Result<Option<T>, Failure> {
    let value = text.map(|text| text.parse()).transpose();
    value.map_err(|error: ApiError| Failure::usage(format!("`{name}`: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(change: impl FnOnce(&mut SessionArgs)) -> SessionArgs {
        let mut args = SessionArgs { url: Some("http://localhost/".into()), ..SessionArgs::default() };
        change(&mut args);
        args
    }

    #[test]
    fn what_does_not_fit_together_is_told_with_what_would() {
        let error = |change: fn(&mut SessionArgs)| format!("{:?}", check(&args(change)).unwrap_err());
        assert!(error(|args| args.api.carrier = "json:/t".parse().ok()).contains("--method POST"));
        assert!(error(|args| args.api.opening = "POST".parse().ok()).contains("needs --session"));
        assert!(error(|args| args.api.session = "field:X".parse().ok()).contains("needs --opening"));
        assert!(error(|args| args.api.opening_bodies = vec!["{}".into()]).contains("needs --opening"));
        let taken = error(|args| {
            args.api.carrier = "field:X-Key".parse().ok();
            args.headers = vec!["x-key: 1".parse().unwrap()];
        });
        assert!(taken.contains("--header"), "{taken}");
        let same = error(|args| {
            args.api.carrier = "cookie:sid".parse().ok();
            args.api.opening = "POST".parse().ok();
            args.api.session = "cookie:sid".parse().ok();
        });
        assert!(same.contains("can't both stand at cookie:sid"), "{same}");
        let demo = error(|args| {
            args.url = None;
            args.api.carrier = Some(Carrier::Bare);
        });
        assert!(demo.contains("demo server"), "{demo}");
        assert!(check(&args(|_| {})).is_ok());
    }

    #[test]
    fn a_websocket_succeeds_by_its_upgrade_unless_that_is_said_otherwise() {
        let mut api = ApiArgs { carrier: "websocket".parse().ok(), ..ApiArgs::default() };
        assert_eq!(api.api().unwrap().success, Success::Upgrade);
        api.success = Some(Success::Any);
        assert_eq!(api.api().unwrap().success, Success::Any);
    }

    #[test]
    fn a_flag_wins_over_the_file_and_a_call_is_taken_whole() {
        let mut api = ApiArgs { opening: "POST".parse().ok(), ..ApiArgs::default() };
        let file = || ApiTexts {
            carrier: Some("bare".into()),
            opening: Some("GET /hello".into()),
            session: Some("cookie:sid".into()),
            ..ApiTexts::default()
        };
        api.fill(file()).unwrap();
        assert_eq!((api.carrier, api.session), (Some(Carrier::Bare), None));
        let wrong = ApiTexts { carrier: Some("naked".into()), ..ApiTexts::default() };
        assert!(format!("{:?}", ApiArgs::default().fill(wrong).unwrap_err()).contains("`carrier`: "));
    }
}
