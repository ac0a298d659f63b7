//! What happens to the refresh tokens of an app: `settings.oauthClient.refresh_token`.

use serde_json::{Value, json};

use super::Refusal;
use super::body::Body;
use crate::config::{Client, GrantType};

const MEMBER: &str = "refresh_token";
/// Whether a use replaces them.
const ROTATIONS: [(&str, bool); 2] = [("ROTATE", true), ("STATIC", false)];

/// Takes over what the settings say of it.
pub(super) fn read(settings: Body<'_>, client: &mut Client) -> Result<(), Refusal> {
    let said = settings.object(MEMBER)?;
    client.rotate_refresh_tokens = said.word("rotation_type", &ROTATIONS)?.unwrap_or(client.rotate_refresh_tokens);
    client.refresh_leeway = said.integer("leeway")?.unwrap_or(client.refresh_leeway);
    client.record.said.extend(settings.only(&[MEMBER]));
    Ok(())
}

/// What they do not say stays as it was before.
pub(super) fn keep(before: &Client, client: &mut Client) {
    let said = client.record.value(MEMBER).cloned().unwrap_or_default();
    if said["leeway"].is_null() {
        client.refresh_leeway = before.refresh_leeway;
    }
    if said["rotation_type"].is_null() && client.is_public() == before.is_public() {
        client.rotate_refresh_tokens = before.rotate_refresh_tokens;
    }
}

/// Tells it of a client that has refresh tokens.
pub(super) fn told(client: &Client) -> Option<Value> {
    let (rotation, _) = ROTATIONS.iter().find(|(_, rotates)| *rotates == client.rotate_refresh_tokens)?;
    let all = json!({ "rotation_type": rotation, "leeway": client.refresh_leeway });
    client.grants.contains(&GrantType::REFRESH_TOKEN).then_some(all)
}
