//! What to try where it was declared wrongly how the API listens.

use crate::api::{Carrier, Success};
use crate::engine::exchange::Wire;
use crate::engine::minter::Minter;
use crate::engine::run::Run;
use crate::http::{Answer, FailureKind};
use crate::printable::printable;

/// Schemes of challenges that have a carrier of their own.
const KNOWN_SCHEMES: [&str; 2] = ["Bearer", "Basic"];

/// What the answer looks like, where that is something else than was declared.
pub(super) fn success_hint(declared: &Success, answer: &Answer) -> Option<String> {
    let seen = Success::of(answer).filter(|seen| seen != declared)?;
    Some(match seen {
        Success::Any => format!("it is a success by its status alone: declare that, with 2xx in place of {declared}"),
        seen => format!("it is what a success of the kind {seen} looks like: declare that in place of {declared}"),
    })
}

impl Run {
    /// What to correct of the call before the others.
    pub(super) fn opening_hint(&self, kind: &FailureKind) -> Option<String> {
        let FailureKind::Unopened { status, .. } = kind else { return None };
        Some(match status {
            Some(200..300) => {
                "say where the answer to the first call has the id of the session, with --session field:NAME, cookie:NAME or json:/POINTER".to_owned()
            }
            Some(404 | 405) => "correct the method and the path of --opening, such as --opening 'POST /mcp'".to_owned(),
            Some(400 | 406 | 415 | 422) => {
                "give the call what it wants with --opening-body and --header, such as --header 'Accept: application/json, text/event-stream'".to_owned()
            }
            _ => format!(
                "the call is made with the control, as {}: does the API take it there?",
                self.settings.api.carrier
            ),
        })
    }

    /// Another carrier with which the control gets through, or of which the
    /// refusal speaks.
    pub(super) async fn carrier_hint(&self, wire: &Wire, answer: &Answer) -> Option<String> {
        let own = &self.settings.api.carrier;
        for other in [Carrier::Bearer, Carrier::Bare].into_iter().filter(|other| other != own) {
            if self.takes_carrier(wire, &other).await {
                return Some(match other {
                    Carrier::Bearer => {
                        format!("a token in Authorization: Bearer is accepted: leave --carrier {own} out")
                    }
                    other => format!("a token is accepted there without a scheme: add --carrier {other}"),
                });
            }
        }
        let challenges = answer.challenges();
        let scheme = challenges.list.iter().map(|challenge| printable(&challenge.scheme)).next()?;
        match (own, KNOWN_SCHEMES.iter().find(|known| scheme.eq_ignore_ascii_case(known))) {
            (Carrier::Bearer, Some(&"Basic")) => {
                Some("the target asks for Basic: where the token is the password, add --carrier basic:USER".to_owned())
            }
            (Carrier::Bearer, None) => Some(format!(
                "the target asks for the scheme {scheme}: where the token stands behind it, add --carrier scheme:{scheme}"
            )),
            _ => None,
        }
    }

    async fn takes_carrier(&self, wire: &Wire, carrier: &Carrier) -> bool {
        let mut settings = self.settings.clone();
        settings.api.carrier = carrier.clone();
        let wire = Wire { settings: std::sync::Arc::new(settings), ..wire.clone() };
        wire.accepts_control(&self.minter).await
    }
}

impl Wire {
    /// Whether the control gets through as that minter makes it.
    pub(super) async fn accepts_control(&self, minter: &Minter) -> bool {
        let sent = self.send_control(minter).await;
        sent.is_ok_and(|sent| sent.is_ok_and(|answer| self.settings.api.success.holds(&answer)))
    }
}
