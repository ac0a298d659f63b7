//! How a case is repeated by hand: the arguments that reach the same target and
//! the same issuer, without secrets.

use std::path::Path;
use std::time::Duration;

use super::session_args::{Scheme, SessionArgs};
use crate::engine::ReplayHint;
use crate::scenario::Declared;

/// What stands in the place of a text that may be a secret.
const HIDDEN: &str = "...";

/// The commands that repeat a case of this session.
pub(super) fn replay_hint(args: &SessionArgs) -> ReplayHint {
    let words: Vec<String> = replay_words(args).iter().map(|word| shell_word(word)).collect();
    let hint = ReplayHint::new(words.join(" "));
    // Only a target and an issuer that were there before are there afterwards.
    if args.url.is_some() && args.idp.is_some() { hint.with_mint(mint_words(args)) } else { hint }
}

fn replay_words(args: &SessionArgs) -> Vec<String> {
    let mut words = Words::default();
    words.text("url", args.url.as_deref());
    words.text("command", args.command.as_deref());
    words.path("cwd", args.cwd.as_deref());
    words.text("port", args.port.map(|port| port.to_string()).as_deref());
    if args.one_bench {
        words.0.push("--one-bench".to_owned());
    }
    words.text("reset", args.reset.as_deref());
    for template in &args.env {
        // A plain value may be a secret: a template is none.
        let value = if template.template.contains('{') { template.template.as_str() } else { HIDDEN };
        words.value("env", &format!("{}={value}", template.name));
    }
    words.text("path", args.path.as_deref());
    words.text("method", args.method.as_deref());
    words.text("body", args.body.as_deref());
    for line in &args.headers {
        words.value("header", &format!("{}: {HIDDEN}", line.name));
    }
    for declaration in args.declare.iter().cloned().collect::<Declared>().words() {
        words.value("declare", &declaration);
    }
    for allowance in &args.allow {
        words.value("allow", allowance.word());
    }
    words.path("cacert", args.cacert.as_deref());
    if args.insecure {
        words.0.push("--insecure".to_owned());
    }
    for address in &args.resolve {
        words.value("resolve", address);
    }
    words.seconds("timeout", args.timeout);
    words.seconds("wait", args.wait);
    words.seconds("leeway", args.leeway);
    words.seconds("refresh", args.refresh);
    words.text("other-scope", args.other_scope.as_deref());
    words.text("profile", args.profile.as_deref());
    for file in &args.scenarios {
        words.path("scenarios", Some(file));
    }
    words.tokens(args);
    words.text("seed", args.seed.map(|seed| seed.to_string()).as_deref());
    words.text("issuer-addr", args.issuer_addr.map(|address| address.to_string()).as_deref());
    words.path("key-file", args.key_file.as_deref());
    words.0
}

fn mint_words(args: &SessionArgs) -> Vec<String> {
    let mut words = Words::default();
    words.tokens(args);
    words.0
}

/// The words of a command, not yet quoted.
#[derive(Default)]
struct Words(Vec<String>);

impl Words {
    /// What decides the tokens, for `replay` and `mint`.
    fn tokens(&mut self, args: &SessionArgs) {
        self.text("idp", args.idp.as_deref());
        self.text("scope", args.scope.as_deref());
        self.text("audience", args.audience.as_deref());
        self.text("issuer-url", args.issuer_url.as_deref());
        self.text("issuer-scheme", args.issuer_scheme.map(Scheme::word));
    }

    fn value(&mut self, name: &str, value: &str) {
        self.0.extend([format!("--{name}"), value.to_owned()]);
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

/// A word as a POSIX shell reads it.
fn shell_word(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:=@%+,".contains(&byte);
    if !text.is_empty() && text.bytes().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args() -> SessionArgs {
        SessionArgs {
            url: Some("https://api.example/".into()),
            headers: vec!["X-Key: secret".parse().unwrap()],
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
            "badpenny replay a/b@c --url https://api.example/ --header 'X-Key: ...' --insecure \
             --resolve api.example:443:127.0.0.1 --timeout 0.5 --wait 5 --idp http://127.0.0.1:9000 \
             --issuer-scheme http --seed 7"
        );
    }

    #[test]
    fn a_token_is_minted_anew_by_the_same_issuer() {
        let hint = replay_hint(&args()).minting("a/b@c").unwrap().to_string();
        assert_eq!(hint, "$(badpenny mint a/b@c --idp http://127.0.0.1:9000 --issuer-scheme http)");
        assert_eq!(replay_hint(&SessionArgs { idp: None, ..args() }).minting("a/b@c"), None);
    }
}
