use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, EXPIRES, HeaderValue};

use super::Endpoint;
use crate::input::{InputError, Node, Table};
use crate::issuer::Response;

/// What an endpoint's honest answer says in its head, in place of what it usually does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServedFields {
    /// `content-type`: the media type of the document.
    pub content_type: Option<String>,
    /// `cache-control`: for how long it may be kept (RFC 9111, section 5.2.2);
    /// `Some(None)`: the field is left out. `Expires` goes in both cases.
    pub cache_control: Option<Option<String>>,
}

impl ServedFields {
    /// Reads what stands beside the word `serve`.
    pub(super) fn from_table(table: &Table<'_>) -> Result<Self, InputError> {
        let content_type = table.get("content-type").map(field).transpose()?;
        let cache_control = table.get("cache-control").map(field_or_none).transpose()?;
        if content_type.is_none() && cache_control.is_none() {
            return Err(table.node().error("expected one of content-type, cache-control"));
        }
        Ok(Self { content_type, cache_control })
    }

    pub(crate) fn apply(&self, mut response: Response) -> Response {
        if let Some(content_type) = &self.content_type {
            response.set(CONTENT_TYPE, content_type.as_str());
        }
        if let Some(cache_control) = &self.cache_control {
            response.headers.remove(CACHE_CONTROL);
            response.headers.remove(EXPIRES);
            if let Some(text) = cache_control {
                response.set(CACHE_CONTROL, text.as_str());
            }
        }
        response
    }
}

/// The fields of both endpoints; the last step for one holds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Served {
    jwks: ServedFields,
    metadata: ServedFields,
}

impl Served {
    pub(crate) fn at(&self, endpoint: Endpoint) -> &ServedFields {
        match endpoint {
            Endpoint::Jwks => &self.jwks,
            Endpoint::Metadata => &self.metadata,
        }
    }

    pub(crate) fn set(&mut self, endpoint: Endpoint, fields: ServedFields) {
        match endpoint {
            Endpoint::Jwks => self.jwks = fields,
            Endpoint::Metadata => self.metadata = fields,
        }
    }
}

fn field(node: &Node) -> Result<String, InputError> {
    let text = node.as_str()?;
    HeaderValue::from_str(text).map_err(|_| node.error("a header field can't hold this text"))?;
    Ok(text.to_owned())
}

fn field_or_none(node: &Node) -> Result<Option<String>, InputError> {
    match node.as_bool() {
        Ok(false) => Ok(None),
        _ => field(node).map(Some),
    }
}

#[cfg(test)]
mod tests {
    use hyper::StatusCode;
    use serde_json::json;

    use super::*;
    use crate::claims::TokenSettings;
    use crate::config::Config;
    use crate::step::Step;
    use crate::{Issuer, Request};

    const KEYS: &str = "/oauth2/default/v1/keys";

    fn issuer(steps: &[serde_json::Value]) -> Issuer {
        let issuer = Issuer::new(&Config::default()).unwrap();
        let steps: Vec<Step> = steps.iter().map(|step| Step::from_json(step).unwrap()).collect();
        issuer.apply("default", &steps, &TokenSettings::new("http://127.0.0.1/oauth2/default")).unwrap();
        issuer
    }

    fn document(issuer: &Issuer) -> serde_json::Value {
        serde_json::from_slice(&issuer.handle(&Request::get(KEYS)).body).unwrap()
    }

    #[test]
    fn an_honest_answer_has_the_head_that_a_step_gives_it() {
        let issuer = issuer(&[
            json!({ "serve": "jwks", "content-type": "application/jwk-set+json", "cache-control": false }),
            json!({ "serve": "metadata", "cache-control": "no-store" }),
        ]);
        let keys = issuer.handle(&Request::get(KEYS));
        assert_eq!(keys.headers[CONTENT_TYPE], "application/jwk-set+json");
        assert!(!keys.headers.contains_key(CACHE_CONTROL) && !keys.headers.contains_key(EXPIRES));
        let metadata = issuer.handle(&Request::get("/oauth2/default/.well-known/openid-configuration"));
        assert_eq!(metadata.headers[CACHE_CONTROL], "no-store");
        issuer.restore("default");
        assert!(issuer.handle(&Request::get(KEYS)).headers.contains_key(EXPIRES));
    }

    #[test]
    fn a_fault_is_over_after_as_many_requests_as_it_says() {
        let issuer = issuer(&[json!({ "fault": "jwks", "status": 503, "times": 2 })]);
        let statuses = [(); 4].map(|()| issuer.handle(&Request::get(KEYS)).status);
        let (failed, well) = (StatusCode::SERVICE_UNAVAILABLE, StatusCode::OK);
        assert_eq!(statuses, [failed, failed, well, well]);
    }

    #[test]
    fn a_key_set_has_more_keys_and_other_members_where_a_step_says_so() {
        let add = json!({ "add": r#"{"kty":"AKP","kid":"pq-{n}"}"#, "times": 3, "first": true });
        let issuer = issuer(&[add, json!({ "key-set": "spiffe_sequence", "set": 7 })]);
        let document = document(&issuer);
        let kids: Vec<&str> =
            document["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap()).collect();
        assert_eq!((kids.len(), &kids[..3]), (4, &["pq-0", "pq-1", "pq-2"][..]));
        assert_eq!(document["spiffe_sequence"], 7);
    }

    #[test]
    fn what_a_step_can_not_mean_is_an_error() {
        for (step, told) in [
            (json!({ "serve": "jwks" }), "content-type, cache-control"),
            (json!({ "serve": "jwks", "content-type": "a\nb" }), "can't hold"),
            (json!({ "key-set": "keys", "set": [] }), "publish, add, jwk, withdraw"),
            (json!({ "fault": "issuer", "by": "untrusted-tls", "times": 1 }), "no meaning"),
            (json!({ "add": "{m}" }), "{m} is not a placeholder"),
        ] {
            let error = Step::from_json(&step).unwrap_err().to_string();
            assert!(error.contains(told), "{error}");
        }
    }
}
