//! `mock-idp scope`: the scopes of an issuer that runs, by Okta's management API.

use std::io::Write as _;

use clap::{Args, Subcommand};
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE};
use hyper::http::{Request, Response};
use mock_idp::config::Config;
use mock_idp::http::HttpError;
use serde_json::{Value, json};

use super::args::IssuerArgs;
use super::error::CliError;
use super::running::{RunningArgs, roots};
use super::{http, setup};

#[derive(Debug, Args)]
pub(crate) struct ScopeArgs {
    #[command(subcommand)]
    verb: ScopeVerb,
}

#[derive(Debug, Subcommand)]
enum ScopeVerb {
    /// Add a scope; one that is there already stays as it is
    Add(AddArgs),
}

#[derive(Debug, Args)]
struct AddArgs {
    /// Its name
    name: String,
    /// Authorization server
    #[arg(long, value_name = "ID", default_value = "default")]
    server: String,
    /// Grant it where a request names no scope
    #[arg(long)]
    default: bool,
    #[command(flatten)]
    running: RunningArgs,
}

pub(super) fn scope(issuer: &IssuerArgs, args: &ScopeArgs) -> Result<(), CliError> {
    let ScopeVerb::Add(args) = &args.verb;
    let api = Api::new(issuer, args)?;
    let AddArgs { name, server, .. } = args;
    let known = api.call(Request::get(&api.url), String::new())?;
    let is_known = known.as_array().is_some_and(|all| all.iter().any(|scope| scope["name"] == name.as_str()));
    let told = if is_known {
        format!("{server} has the scope {name} already")
    } else {
        let scope = json!({ "name": name, "default": args.default });
        api.call(Request::post(&api.url).header(CONTENT_TYPE, "application/json"), scope.to_string())?;
        format!("{server} has the scope {name} now, until it ends")
    };
    Ok(writeln!(std::io::stdout().lock(), "{told}")?)
}

/// The scopes of a server at the management API.
struct Api {
    url: String,
    roots: String,
    config: Config,
}

impl Api {
    fn new(issuer: &IssuerArgs, args: &AddArgs) -> Result<Self, CliError> {
        let config = setup::config(issuer)?;
        let base = args.running.base(&config)?;
        let url = format!("{base}/api/v1/authorizationServers/{}/scopes", args.server);
        Ok(Self { url, roots: roots(&config)?, config })
    }

    fn call(&self, request: hyper::http::request::Builder, body: String) -> Result<Value, CliError> {
        let token = self.config.api_token.as_ref().or(self.config.control_token.as_ref());
        let request = match token {
            Some(token) => request.header(AUTHORIZATION, format!("SSWS {}", token.expose())),
            None => request,
        };
        let request = request.body(body).map_err(|_| HttpError::NoUrl { url: self.url.clone() })?;
        let answer = http::send(request, &self.roots)?;
        let told = serde_json::from_slice(answer.body()).unwrap_or_default();
        if answer.status().is_success() { Ok(told) } else { Err(self.refused(&answer, &told)) }
    }

    /// Okta's own words.
    fn refused(&self, answer: &Response<Bytes>, told: &Value) -> CliError {
        let causes = told["errorCauses"].as_array().into_iter().flatten().map(|cause| &cause["errorSummary"]);
        let words = std::iter::once(&told["errorSummary"]).chain(causes).filter_map(Value::as_str);
        let problem = words.collect::<Vec<_>>().join("; ");
        CliError::Refused { url: self.url.clone(), status: answer.status().as_u16(), problem }
    }
}
