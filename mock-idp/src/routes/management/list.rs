use hyper::StatusCode;
use hyper::header::LINK;

use super::super::form::encode;
use super::super::okta_error::invalid;
use super::{Call, Refusal};
use crate::issuer::Response;
use crate::json::Object;

/// One entry of a list.
pub(super) struct Item {
    pub(super) id: String,
    /// What `q` looks for, at their beginnings.
    pub(super) words: Vec<String>,
    pub(super) body: Object,
}

/// The items that the query asks for: `q`, and pages by `limit` and `after` with a link to the
/// next one. Without a limit there is one page.
pub(super) fn answer(call: &Call<'_>, items: Vec<Item>) -> Result<Response, Refusal> {
    let q = call.query.get("q").unwrap_or_default().to_lowercase();
    let is_found = |item: &Item| item.words.iter().any(|word| word.to_lowercase().starts_with(&q));
    let mut items: Vec<Item> = items.into_iter().filter(|item| q.is_empty() || is_found(item)).collect();
    if let Some(after) = call.query.get("after") {
        let at = items.iter().position(|item| item.id == after).map_or(items.len(), |at| at + 1);
        items.drain(..at);
    }
    let limit = limit(call)?;
    let has_more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| has_more).map(|last| next(call, &last.id));
    let bodies: Vec<String> = items.iter().map(|item| item.body.to_text()).collect();
    let response = Response::json(StatusCode::OK, format!("[{}]", bodies.join(",")));
    Ok(match next {
        Some(link) => response.with_text(LINK, link),
        None => response,
    })
}

fn limit(call: &Call<'_>) -> Result<usize, Refusal> {
    let Some(text) = call.query.get("limit") else { return Ok(usize::MAX) };
    let limit = text.parse().ok().filter(|limit| *limit > 0);
    limit.ok_or_else(|| invalid("limit", "must be a number of 1 or more"))
}

/// RFC 8288, section 3: the same query with another `after`.
fn next(call: &Call<'_>, last: &str) -> String {
    let query = call.request.query.as_deref().unwrap_or_default();
    let same = query.split('&').filter(|field| !field.is_empty() && !field.starts_with("after="));
    let after = format!("after={}", encode(last));
    let query = same.chain([after.as_str()]).collect::<Vec<_>>().join("&");
    format!("<{}{}?{query}>; rel=\"next\"", call.base(), call.request.path)
}
