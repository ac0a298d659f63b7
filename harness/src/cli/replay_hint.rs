//! How a case is repeated by hand: the arguments that reach the same target and
//! the same issuer, without secrets.

use std::path::Path;
use std::time::Duration;

use mock_idp::keys::Algorithm;

use super::api_args::ApiArgs;
use super::real::PlaceArg;
use super::session_args::{Scheme, SessionArgs};
use crate::engine::{CurlWay, ReplayHint};
use crate::http::{ShellExpression, Word};
use crate::scenario::{Declared, Verification};
use crate::secrecy::{BODY_VARIABLE, body_may_hold_secret, may_be_secret, variable_for};

/// The variable that opens the control API of an issuer.
const CONTROL_TOKEN: &str = "BADPENNY_CONTROL_TOKEN";

/// The variable that stands for the body of a call before the others.
const OPENING_BODY_VARIABLE: &str = "OPENING_BODY";

/// The commands that repeat a case of this session.
pub(super) fn replay_hint(args: &SessionArgs) -> ReplayHint {
    // What the settings file says, the file says again.
    let given = args.given.as_deref().unwrap_or(args);
    let words: Vec<String> = replay_words(given).iter().map(ToString::to_string).collect();
    let hint = ReplayHint::new(words.join(" ")).with_curl(CurlWay {
        ca_file: args.cacert.as_deref().filter(|_| !args.insecure).map(|path| path.to_string_lossy().into_owned()),
        insecure: args.insecure,
        resolve: args.resolve.clone(),
    });
    // Only a target and an issuer that were there before are there afterwards.
    if args.url.is_some() && args.idp.is_some() { hint.with_mint(mint_words(args)) } else { hint }
}

fn replay_words(args: &SessionArgs) -> Vec<Word> {
    let mut words = Words::default();
    words.path("config", args.config.as_deref());
    words.text("url", args.url.as_deref());
    words.text("command", args.command.as_deref());
    words.path("cwd", args.cwd.as_deref());
    words.text("port", args.port.map(|port| port.to_string()).as_deref());
    words.text("scheme", args.scheme.map(Scheme::word));
    words.flag("one-bench", args.one_bench);
    words.text("reset", args.reset.as_deref());
    for variable in &args.env {
        // A template is filled in by each run: it is no secret.
        if variable.template.contains('{') {
            words.value("env", &format!("{}={}", variable.name, variable.template));
        } else {
            words.of_user("env", &variable.name, "=", &variable.template);
        }
    }
    words.text("path", args.path.as_deref());
    words.text("method", args.method.as_deref());
    match args.body.as_deref() {
        Some(body) if body_may_hold_secret(body) => words.secret("body", "", BODY_VARIABLE),
        body => words.text("body", body),
    }
    for line in &args.headers {
        words.of_user("header", &line.name, ": ", &line.value);
    }
    words.api(&args.api);
    for declaration in args.declare.iter().cloned().collect::<Declared>().words() {
        words.value("declare", &declaration);
    }
    for allowance in &args.allow {
        words.value("allow", allowance.word());
    }
    words.text("listener", args.listener.map(|address| address.to_string()).as_deref());
    words.path("cacert", args.cacert.as_deref());
    words.flag("insecure", args.insecure);
    for address in &args.resolve {
        words.value("resolve", address);
    }
    words.seconds("timeout", args.timeout);
    words.seconds("wait", args.wait);
    words.text("rate", args.rate.map(|rate| rate.to_string()).as_deref());
    words.seconds("leeway", args.leeway);
    words.seconds("refresh", args.refresh);
    words.text("other-scope", args.other_scope.as_deref());
    words.text("profile", args.profile.as_deref());
    for file in &args.scenarios {
        words.path("scenarios", Some(file));
    }
    for (name, value) in token_words(args) {
        words.value(name, &value);
    }
    let dialect = &args.dialect;
    for (name, value) in dialect.texts() {
        words.text(name, value);
    }
    words.flag("no-scope", dialect.no_scope);
    words.flag("issuer-localhost", args.issuer_localhost);
    for claim in &dialect.claims {
        words.value("claim", claim);
    }
    if args.control_token.is_some() {
        words.secret("control-token", "", CONTROL_TOKEN);
    }
    words.text("seed", args.seed.map(|seed| seed.to_string()).as_deref());
    words.place("token", args.token.as_ref());
    words.place("other-token", args.other_token.as_ref());
    words.text("client-id", args.client_id.as_deref());
    words.place("client-secret", args.client_secret.as_ref());
    words.text("token-url", args.token_url.as_deref());
    for param in &args.token_params {
        words.of_user("token-param", &param.name, "=", &param.value);
    }
    words.text("issuer-addr", args.issuer_addr.map(|address| address.to_string()).as_deref());
    words.path("key-file", args.key_file.as_deref());
    words.text("alg", args.keys.alg.map(Algorithm::name));
    words.text("verifies-by", args.keys.verifies_by.map(Verification::word));
    words.0
}

fn mint_words(args: &SessionArgs) -> Vec<String> {
    token_words(args).into_iter().flat_map(|(name, value)| [format!("--{name}"), value]).collect()
}

/// What decides the tokens, for `replay` and `mint`.
fn token_words(args: &SessionArgs) -> Vec<(&'static str, String)> {
    let words = [
        ("idp", args.idp.clone()),
        ("scope", args.scope.clone()),
        ("audience", args.audience.clone()),
        ("issuer-url", args.issuer_url.clone()),
        ("issuer-scheme", args.issuer_scheme.map(|scheme| scheme.word().to_owned())),
    ];
    words.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

/// The words of a command.
#[derive(Default)]
struct Words(Vec<Word>);

impl Words {
    /// What a user gave under a name of their own: as it is, or a variable of the
    /// shell in its place where it may be a secret.
    fn of_user(&mut self, option: &str, name: &str, between: &str, value: &str) {
        if may_be_secret(name, value) {
            self.secret(option, &format!("{name}{between}"), &variable_for(name));
        } else {
            self.value(option, &format!("{name}{between}{value}"));
        }
    }

    fn secret(&mut self, option: &str, before: &str, variable: &str) {
        self.0.push(Word::literal(format!("--{option}")));
        self.0.push(Word::before(before, ShellExpression::required_variable(variable)));
    }

    /// The place of a secret; a command may hold one of its own.
    fn place(&mut self, option: &str, place: Option<&PlaceArg>) {
        match place.and_then(PlaceArg::shown) {
            Some(shown) => self.value(option, &shown),
            None if place.is_some() => {
                self.secret(option, "", &format!("BADPENNY_{}", option.to_uppercase().replace('-', "_")));
            }
            None => {}
        }
    }

    /// How the API listens.
    fn api(&mut self, args: &ApiArgs) {
        self.text("carrier", args.carrier.as_ref().map(ToString::to_string).as_deref());
        self.text("success", args.success.as_ref().map(ToString::to_string).as_deref());
        self.text("opening", args.opening.as_ref().map(ToString::to_string).as_deref());
        for body in &args.opening_bodies {
            match body_may_hold_secret(body) {
                true => self.secret("opening-body", "", OPENING_BODY_VARIABLE),
                false => self.value("opening-body", body),
            }
        }
        self.text("session", args.session.as_ref().map(ToString::to_string).as_deref());
    }

    fn flag(&mut self, name: &str, is_set: bool) {
        if is_set {
            self.0.push(Word::literal(format!("--{name}")));
        }
    }

    fn value(&mut self, name: &str, value: &str) {
        self.0.extend([Word::literal(format!("--{name}")), Word::literal(value)]);
    }

    fn text(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.value(name, value);
        }
    }

    fn path(&mut self, name: &str, value: Option<&Path>) {
        self.text(name, value.map(Path::to_string_lossy).as_deref());
    }

    fn seconds(&mut self, name: &str, value: Option<Duration>) {
        self.text(name, value.map(|value| value.as_secs_f64().to_string()).as_deref());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args() -> SessionArgs {
        SessionArgs {
            url: Some("https://api.example/".into()),
            headers: vec!["X-Key: hush".parse().unwrap(), "Accept: text/plain".parse().unwrap()],
            control_token: Some("hush".into()),
            insecure: true,
            resolve: vec!["api.example:443:127.0.0.1".into()],
            timeout: Some(Duration::from_millis(500)),
            wait: Some(Duration::from_secs(5)),
            seed: Some(7),
            idp: Some("http://127.0.0.1:9000".into()),
            issuer_scheme: Some(Scheme::Http),
            ..SessionArgs::default()
        }
    }

    #[test]
    fn a_replay_reaches_the_same_target_and_shows_no_secret() {
        assert_eq!(
            replay_hint(&args()).command("a/b@c"),
            "badpenny replay a/b@c --url https://api.example/ --header \"X-Key: ${X_KEY:?}\" \
             --header 'Accept: text/plain' --insecure \
             --resolve api.example:443:127.0.0.1 --timeout 0.5 --wait 5 --idp http://127.0.0.1:9000 \
             --issuer-scheme http --control-token \"${BADPENNY_CONTROL_TOKEN:?}\" --seed 7"
        );
    }

    #[test]
    fn the_environment_of_a_command_is_repeated_but_for_its_secrets() {
        let env = ["A={issuer}", "DB_PASSWORD=hush", "LOG=debug", "API_KEY={client_secret}"];
        let env = env.iter().map(|text| text.parse().unwrap()).collect();
        let args = SessionArgs { command: Some("./api --port {port}".into()), env, ..SessionArgs::default() };
        assert_eq!(
            replay_hint(&args).command("a/b@c"),
            "badpenny replay a/b@c --command './api --port {port}' --env 'A={issuer}' \
             --env \"DB_PASSWORD=${DB_PASSWORD:?}\" --env LOG=debug --env 'API_KEY={client_secret}'"
        );
    }

    #[test]
    fn a_body_is_repeated_unless_it_may_hold_a_secret() {
        let command = |body: &str| {
            let args = SessionArgs { command: Some("./api".into()), body: Some(body.into()), ..SessionArgs::default() };
            replay_hint(&args).command("a/b@c")
        };
        assert_eq!(command("page=2"), "badpenny replay a/b@c --command ./api --body page=2");
        assert_eq!(command("password=hush"), "badpenny replay a/b@c --command ./api --body \"${BODY:?}\"");
    }

    #[test]
    fn how_the_api_listens_is_repeated() {
        let api = ApiArgs {
            carrier: "cookie:sid".parse().ok(),
            success: "json-rpc".parse().ok(),
            opening: "POST /mcp".parse().ok(),
            opening_bodies: vec![r#"{"method":"initialize"}"#.into(), r#"{"pass":"hush"}"#.into()],
            session: "json:/id->field:X-Session".parse().ok(),
        };
        let args = SessionArgs { command: Some("./api".into()), api, ..SessionArgs::default() };
        assert_eq!(
            replay_hint(&args).command("a/b@c"),
            "badpenny replay a/b@c --command ./api --carrier cookie:sid --success json-rpc --opening 'POST /mcp' \
             --opening-body '{\"method\":\"initialize\"}' --opening-body \"${OPENING_BODY:?}\" \
             --session 'json:/id -> field:X-Session'"
        );
    }

    #[test]
    fn a_token_is_minted_anew_by_the_same_issuer() {
        let hint = replay_hint(&args()).minting("a/b@c").unwrap().to_string();
        assert_eq!(hint, "$(badpenny mint a/b@c --idp http://127.0.0.1:9000 --issuer-scheme http)");
        assert_eq!(replay_hint(&SessionArgs { idp: None, ..args() }).minting("a/b@c"), None);
    }
}
