//! From arguments to a real token: what it says, and the key that verifies it.

use std::time::Duration;

use mock_idp::clock::Clock;
use mock_idp::dialect::ScopeClaim;
use mock_idp::keys::SigningKey;

use super::load;
use super::session_args::SessionArgs;
use crate::error::Failure;
use crate::scenario::{Holding, Plan};
use crate::token::{
    ClientCredentials, Origin, RealToken, RealTokens, SecretSource, SourceError, TokenEndpoint, TokenFacts, Web,
    public_key,
};
use crate::withheld::Withheld;

/// A real token in the place of the control.
pub(super) struct Real {
    pub(super) tokens: RealTokens,
    /// What the second one says.
    second: Option<TokenFacts>,
    /// The scope that the route needs, where the user says so.
    scope: Option<String>,
    /// What it says; `None` where it is opaque.
    pub(super) facts: Option<TokenFacts>,
    /// The key that verifies it, where its issuer publishes it.
    pub(super) key: Option<SigningKey>,
    /// What a person is to know before the run.
    pub(super) notice: String,
    /// What nobody else is to get.
    pub(super) withheld: Withheld,
}

/// A place of a secret as an argument. What is none is told later, since whoever
/// reads arguments would repeat it, and it may be the secret itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PlaceArg(pub(super) Result<SecretSource, SourceError>);

impl PlaceArg {
    /// The place.
    ///
    /// # Errors
    ///
    /// [`Failure`] when the argument was none.
    pub(super) fn source(&self, option: &str) -> Result<SecretSource, Failure> {
        self.0.clone().map_err(|error| Failure::usage(format!("{option}: {error}")))
    }

    /// The environment variable that it names.
    pub(super) fn variable(&self) -> Option<String> {
        self.0.as_ref().ok().and_then(SecretSource::variable).map(str::to_owned)
    }

    /// As it was given; nothing where it is a command, or no place.
    pub(super) fn shown(&self) -> Option<String> {
        let source = self.0.as_ref().ok().filter(|source| !matches!(source, SecretSource::Command(_)));
        source.map(ToString::to_string)
    }
}

impl std::str::FromStr for PlaceArg {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.parse()))
    }
}

/// A pair of `--token-param`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TokenParam {
    pub(super) name: String,
    pub(super) value: String,
}

impl std::str::FromStr for TokenParam {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, value) = text.split_once('=').ok_or_else(|| "there is no `=`: write NAME=VALUE".to_owned())?;
        Ok(Self { name: name.to_owned(), value: value.to_owned() })
    }
}

impl Real {
    /// The token that the arguments lead to; `None` where they name none.
    ///
    /// # Errors
    ///
    /// [`Failure`] when they don't fit together, or no token is to be had.
    pub(super) async fn of(args: &SessionArgs) -> Result<Option<Self>, Failure> {
        let Some(origin) = origin(args)? else { return Ok(None) };
        let roots = args.cacert.as_deref().map(load::text).transpose()?;
        let web = Web::new(roots.as_deref()).map_err(Failure::usage)?;
        let withheld = Withheld::variables_of(variables(args));
        let obtain = async |origin| {
            RealToken::obtain(origin, web.clone(), Clock::system(), withheld.clone()).await.map_err(Failure::target)
        };
        let first = obtain(origin).await?;
        let facts = facts_of(&first).await?;
        let second = match &args.other_token {
            Some(place) => Some(obtain(Origin::Place(place.source("--other-token")?)).await?),
            None => None,
        };
        let second_facts = match &second {
            Some(second) => facts_of(second).await?,
            None => None,
        };
        let tokens = RealTokens { first, second };
        if tokens.are_alike().await.map_err(Failure::target)? {
            return Err(Failure::usage("--other-token leads to the same token as the first one: name another"));
        }
        let key = match &facts {
            Some(facts) => Some(public_key(&web, facts).await),
            None => None,
        };
        let notice = notice(facts.as_ref(), key.as_ref().and_then(|key| key.as_ref().err()), tokens.ends_in().await);
        Ok(Some(Self {
            tokens,
            second: second_facts,
            scope: args.scope.clone(),
            facts,
            key: key.and_then(Result::ok),
            notice,
            withheld,
        }))
    }

    /// Takes what a plan can't do with this token out of it.
    pub(super) fn narrow(&self, plan: &mut Plan, has_listener: bool) {
        if let Some(facts) = &self.facts {
            plan.settings.dialect = facts.dialect(&plan.settings.dialect);
        }
        let (is_jws, has_public_key) = (self.facts.is_some(), self.key.is_some());
        let told = self.facts.as_ref().and_then(|facts| facts.scope.as_ref()).map(|(_, scopes)| scopes.join(" "));
        let needed = self.scope.clone().or(told).unwrap_or_default();
        let is_lesser = |second: &TokenFacts| second.scope.is_some() && !second.grants(&needed);
        let is_usual = plan.settings.dialect.scope_claim().is_some_and(ScopeClaim::is_usual);
        let has_lesser = is_usual && !needed.is_empty() && self.second.as_ref().is_some_and(is_lesser);
        let has_second = self.second.is_some();
        plan.keep_only(Holding {
            is_jws,
            has_public_key,
            has_listener,
            has_second,
            has_lesser,
            has_other: self.has_other_subject(),
        });
    }
}

impl Real {
    /// Whether the second token is of another subject.
    fn has_other_subject(&self) -> bool {
        let subject = |facts: &Option<TokenFacts>| facts.as_ref().and_then(|facts| facts.subject.clone());
        subject(&self.second).is_some_and(|other| subject(&self.facts).is_some_and(|own| own != other))
    }
}

/// The variables that hold a secret: no command that reads another one has them.
fn variables(args: &SessionArgs) -> Vec<String> {
    let places = [&args.token, &args.other_token, &args.client_secret];
    places.into_iter().flatten().filter_map(PlaceArg::variable).collect()
}

async fn facts_of(token: &RealToken) -> Result<Option<TokenFacts>, Failure> {
    Ok(TokenFacts::of(&token.current().await.map_err(Failure::target)?))
}

fn origin(args: &SessionArgs) -> Result<Option<Origin>, Failure> {
    let Some(client_id) = &args.client_id else {
        let lone = [("--client-secret", args.client_secret.is_some()), ("--token-url", args.token_url.is_some())];
        let lone = lone.into_iter().chain([("--token-param", !args.token_params.is_empty())]).find(|(_, given)| *given);
        return match lone {
            Some((name, _)) if args.token.is_none() => {
                Err(Failure::usage(format!("{name} needs --client-id: it is about a client's own token")))
            }
            _ => args.token.as_ref().map(|place| place.source("--token").map(Origin::Place)).transpose(),
        };
    };
    let secret = args
        .client_secret
        .as_ref()
        .ok_or_else(|| Failure::usage("--client-id needs --client-secret env:NAME, file:PATH or cmd:COMMAND"))?;
    let secret = secret.source("--client-secret")?;
    let endpoint = match (&args.token_url, &args.issuer_url) {
        (Some(url), _) => TokenEndpoint::Url(url.clone()),
        (None, Some(issuer)) => TokenEndpoint::Issuer(issuer.clone()),
        (None, None) => {
            return Err(Failure::usage(
                "--client-id needs --token-url, or --issuer-url for an issuer whose metadata name the token endpoint",
            ));
        }
    };
    let params = args.token_params.iter().map(|param| (param.name.clone(), param.value.clone())).collect();
    let (client_id, scope) = (client_id.clone(), args.scope.clone());
    Ok(Some(Origin::Grant(Box::new(ClientCredentials { client_id, secret, endpoint, scope, params }))))
}

/// What was read out of the token, and what follows from it.
fn notice(facts: Option<&TokenFacts>, key: Option<&impl std::fmt::Display>, ends_in: Option<Duration>) -> String {
    let Some(facts) = facts else {
        return "real token       opaque: what needs a token that can be read is left out\n".to_owned();
    };
    let scopes = facts.scope.as_ref().map_or_else(
        || "no scope claim".to_owned(),
        |(form, scopes)| format!("scopes {} in {}", scopes.join(" "), form.word()),
    );
    let life = ends_in.map_or_else(String::new, |left| format!("; good for {} s, and no longer", left.as_secs()));
    let mut text =
        format!("real token       of {}, for {}, {scopes}{life}\n", facts.issuer, facts.audiences.join(" and "));
    if let Some(error) = key {
        text.push_str(&format!("public key       not known, so that what needs it is left out: {error}\n"));
    }
    text
}
