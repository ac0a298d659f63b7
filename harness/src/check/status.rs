//! Statuses and times of refusals (RFC 6750, section 3.1).

use super::exchange::{Due, Exchange};

type Found = Option<Result<(), String>>;

/// Who is not known is told 401: not 403, no login page, no success.
pub(super) fn authentication_not_403(exchange: &Exchange<'_>) -> Found {
    if exchange.due != Due::Unauthenticated || !exchange.is_refusal() || exchange.in_body || exchange.issuer_broken {
        return None;
    }
    let status = exchange.answer.status;
    // Where HTTP has no challenge, 403 is as right (RFC 9110, section 15.5.4).
    let wrong = (status == 403 && !exchange.elsewhere) || (200..400).contains(&status);
    Exchange::judged(!wrong, || format!("answered {status} where nobody is known"))
}

/// Who lacks the right is not told to log in again.
pub(super) fn scope_not_401(exchange: &Exchange<'_>) -> Found {
    if exchange.due != Due::Forbidden || !exchange.is_refusal() || exchange.issuer_broken {
        return None;
    }
    Exchange::judged(exchange.answer.status != 401, || "answered 401 where the scope is missing".to_owned())
}

/// A bad credential is no server error. While the issuer is made to fail, it may be.
pub(super) fn no_5xx(exchange: &Exchange<'_>) -> Found {
    if exchange.due == Due::Served || exchange.issuer_broken {
        return None;
    }
    let status = exchange.answer.status;
    Exchange::judged(status < 500, || format!("answered {status} to a bad credential"))
}

/// No answer takes much longer than the control's. Only repeats prove it.
pub(super) fn latency_bound(exchange: &Exchange<'_>) -> Found {
    if exchange.issuer_broken {
        return None;
    }
    let took = exchange.answer.elapsed;
    Exchange::judged(took <= exchange.patience, || format!("took {:.1} s", took.as_secs_f64()))
}
