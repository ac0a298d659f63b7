//! What to try where the control is refused.

use mock_idp::dialect::Shape;

use crate::engine::exchange::Wire;
use crate::engine::run::Run;
use crate::http::Answer;
use crate::issuer::IssuerView;
use crate::printable::printable;

impl Run {
    pub(super) async fn refusal_hints(&self, answer: &Answer, issuer: &IssuerView) -> Vec<String> {
        let settings = self.minter.settings();
        let mut hints = Vec::new();
        if answer.status == 400 && self.speaks_tls().await {
            hints.push(self.scheme_hint("https"));
        }
        hints.extend(self.hint_of_status(answer));
        if self.minter.has_real_token() {
            hints.push(
                "the real token is not accepted: is it an access token for this very API, fresh, and with the scope that the route needs?".to_owned(),
            );
            return hints;
        }
        if let Ok(wire) = self.wire() {
            hints.extend(self.carrier_hint(&wire, answer).await);
            hints.extend(self.slash_hint(&wire).await);
            hints.extend(self.other_scheme_hint(&wire, issuer).await);
            hints.extend(self.shape_hint(&wire).await);
        }
        let verification = self.settings.verification;
        let signed_with =
            issuer.algorithm.map(|algorithm| format!(" and tokens signed with {algorithm}")).unwrap_or_default();
        if !verification.fetches() {
            hints.push(
                "the target must verify with this run's key: hand it over, as with --env 'KEY={public_key_pem}' or --env 'SECRET={shared_secret}', or sign with its own (--key-file)".to_owned(),
            );
        } else if issuer.key_fetches == Some(0) {
            hints.push(format!(
                "the target never asked the issuer for its keys: is its issuer set to {}, and does it trust the issuer's CA (NODE_EXTRA_CA_CERTS, SSL_CERT_FILE)? A server that holds a key in its settings needs no fetch: hand this run's to it, or sign with its own (--verifies-by key, --key-file)",
                settings.issuer
            ));
        }
        hints.push(format!(
            "the target must be configured for issuer {}, audience {} and scope {}{signed_with}; change them here with --audience, --scope and --alg",
            settings.issuer, settings.audience, settings.scope
        ));
        hints.push("a clock that is off by more than a few minutes makes every token early or late".to_owned());
        if matches!(answer.status, 404 | 500..) {
            hints.push(self.wait_hint());
        }
        hints
    }

    /// What the answer says by itself.
    fn hint_of_status(&self, answer: &Answer) -> Option<String> {
        match answer.status {
            300..400 => {
                let to = answer.header("Location").map(|value| printable(&String::from_utf8_lossy(value)));
                let to = to.map(|to| format!(" to {to}")).unwrap_or_default();
                Some(format!("the route redirects{to}: give the final one with --url or --path"))
            }
            400 | 415 | 422 => Some(
                "the request itself is refused, not its token: give what the route wants with --method, --body and --header, such as --method POST --body '{\"id\":1}' --header 'Content-Type: application/json'".to_owned(),
            ),
            403 => self.scope_hint(answer),
            404 | 405 => Some(
                "there is no such route or method: choose the protected route with --path and --method".to_owned(),
            ),
            429 => Some("the target limits the rate: send fewer requests a second with --rate".to_owned()),
            _ => None,
        }
    }

    /// The scope that the challenge asks for (RFC 6750, section 3).
    fn scope_hint(&self, answer: &Answer) -> Option<String> {
        let challenges = answer.challenges();
        let asked = challenges.of_scheme("Bearer").find_map(|challenge| challenge.text("scope"))?;
        let asked = printable(&asked);
        let own = &self.minter.settings().scope;
        (asked != *own).then(|| {
            format!(
                "the target asks for the scope \"{asked}\" and the token has \"{own}\": give it with --scope '{asked}'"
            )
        })
    }

    /// A control whose issuer ends in a slash: where that gets through, it names
    /// the cause.
    async fn slash_hint(&self, wire: &Wire) -> Option<String> {
        let issuer = &self.minter.settings().issuer;
        let slashed = format!("{issuer}/");
        self.takes_issuer(wire, &slashed).await.then(|| {
            format!("a token whose issuer ends in a slash is accepted: the target is configured for {slashed} where the issuer is {issuer}")
        })
    }

    /// As well a control of the issuer under its other scheme.
    async fn other_scheme_hint(&self, wire: &Wire, issuer: &IssuerView) -> Option<String> {
        let other = issuer.other_identifier.as_ref()?;
        let scheme = other.split(':').next().unwrap_or_default();
        self.takes_issuer(wire, other).await.then(|| {
            let own = &self.minter.settings().issuer;
            format!("a token of {other} is accepted, and those of this run are of {own}: add --issuer-scheme {scheme}")
        })
    }

    async fn takes_issuer(&self, wire: &Wire, issuer: &str) -> bool {
        let minter = self.minter.with_settings(|settings| issuer.clone_into(&mut settings.issuer));
        wire.accepts_control(&minter).await
    }

    /// As well a control in the shape of another profile.
    async fn shape_hint(&self, wire: &Wire) -> Option<String> {
        let own = self.minter.settings().dialect.shape();
        for (word, shape) in Shape::ALL.iter().filter(|(_, shape)| *shape != own) {
            let other = self.minter.with_settings(|settings| *settings = settings.clone().with_shape(*shape));
            if wire.accepts_control(&other).await {
                let profile = match shape {
                    Shape::Okta | Shape::Rfc9068 => {
                        format!(", or take --profile {word}, which expects what goes with it")
                    }
                    _ => String::new(),
                };
                return Some(format!(
                    "a token in the shape \"{word}\" is accepted, and those of {} have another: say whose tokens this server takes with --shape {word}{profile}",
                    self.plan.profile
                ));
            }
        }
        None
    }
}
