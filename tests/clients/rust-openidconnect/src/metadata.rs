//! What the discovery document says beyond the crate's own fields.

use openidconnect::core::*;
use openidconnect::{
    AdditionalProviderMetadata, DeviceAuthorizationUrl, IntrospectionUrl, ProviderMetadata, RevocationUrl,
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Endpoints {
    pub introspection_endpoint: IntrospectionUrl,
    pub revocation_endpoint: RevocationUrl,
    pub device_authorization_endpoint: DeviceAuthorizationUrl,
}

impl AdditionalProviderMetadata for Endpoints {}

pub type Metadata = ProviderMetadata<
    Endpoints,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;
