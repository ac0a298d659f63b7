//! `GET /api/v1/authorizationServers/{id}/clients`.

use serde_json::json;

use super::list::{self, Item};
use super::{Call, Refusal, metadata};
use crate::config::Client;
use crate::issuer::Response;
use crate::json::Object;

/// The clients that this server knows.
pub(super) fn list(call: &Call<'_>) -> Result<Response, Refusal> {
    let server = call.server()?;
    let item = |client: &Client| Item {
        id: client.id.clone(),
        words: vec![metadata::name(client).to_owned()],
        body: told(call, client),
    };
    list::answer(call, server.config.clients.iter().map(item).collect())
}

fn told(call: &Call<'_>, client: &Client) -> Object {
    let (id, name) = (client.id.as_str(), metadata::name(client));
    let link = json!({ "href": format!("{}/oauth2/v1/clients/{id}", call.base()), "title": name });
    Object::new()
        .with("client_id", id)
        .with("client_name", name)
        .with("client_uri", metadata::said(client, "client_uri"))
        .with("logo_uri", metadata::said(client, "logo_uri"))
        .with_object("_links", &Object::new().with("client", link))
}
