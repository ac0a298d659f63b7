//! One exchange: reads the request, asks the issuer, delivers its answer.

use std::net::{IpAddr, SocketAddr};

use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE};
use hyper::{StatusCode, http};

use super::body::{AnswerBody, Cut};
use crate::issuer::{Delivery, Issuer, Request, Response, Scheme};

/// The largest body that is read, in bytes.
const BODY_LIMIT: usize = 1 << 20;

/// The two ends of a connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ends {
    /// The issuer's own.
    pub(super) address: SocketAddr,
    /// The caller's, if it is known.
    pub(super) peer: Option<IpAddr>,
}

/// A request with its body; `Err` is the answer to one that can't be read.
pub(super) async fn read(
    request: http::Request<Incoming>,
    scheme: Scheme,
    ends: Ends,
) -> Result<Request, http::Response<AnswerBody>> {
    let (parts, body) = request.into_parts();
    let body = read_body(body).await.map_err(refusal)?;
    let mut request = Request::new(parts.method, parts.uri.path());
    request.query = parts.uri.query().map(str::to_owned);
    request.headers = parts.headers;
    request.body = body;
    request.scheme = scheme;
    request.address = ends.address;
    request.peer = ends.peer;
    Ok(request)
}

/// Sends an answer as its delivery says.
pub(super) async fn deliver(issuer: &Issuer, answer: Response) -> Result<http::Response<AnswerBody>, Cut> {
    let mut delivery = answer.delivery.clone();
    let is_held = matches!(delivery, Delivery::Held { .. });
    if let Delivery::Held { until, then } = delivery {
        until.over().await;
        delivery = *then;
    }
    match delivery.clone() {
        Delivery::Refused => return Err(Cut),
        Delivery::Never(hang) => {
            hang.over().await;
            return Err(Cut);
        }
        Delivery::After(delay) => {
            tokio::time::sleep(delay).await;
            issuer.delivered(&answer);
        }
        Delivery::Whole if is_held => issuer.delivered(&answer),
        Delivery::Whole | Delivery::CutAfter(_) | Delivery::Filled(_) | Delivery::Held { .. } => {}
    }
    let length = answer.body.len();
    let mut response = http::Response::new(AnswerBody::new(answer.body, &delivery));
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    if matches!(delivery, Delivery::CutAfter(_)) {
        response.headers_mut().insert(CONTENT_LENGTH, length.into());
    }
    Ok(response)
}

async fn read_body(body: Incoming) -> Result<Bytes, StatusCode> {
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    match Limited::new(body, BODY_LIMIT).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Err(_) => Err(StatusCode::BAD_REQUEST),
    }
}

/// The answer to a body that can't be read.
fn refusal(status: StatusCode) -> http::Response<AnswerBody> {
    let text = Bytes::from_static(b"the body can't be read, or is over 1 MiB\n");
    let mut response = http::Response::new(AnswerBody::whole(text));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, http::HeaderValue::from_static("text/plain"));
    response.headers_mut().insert("x-mock-idp", http::HeaderValue::from_static("testing-only"));
    response
}
