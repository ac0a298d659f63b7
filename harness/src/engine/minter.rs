use mock_idp::MintRequest;
use mock_idp::claims::TokenSettings;
use mock_idp::config::DEFAULT_SERVER;
use mock_idp::dialect::IssuerPath;
use mock_idp::forge::Token;
use mock_idp::json::Object;
use mock_idp::mutation::Mutation;
use serde::Deserialize;
use serde_json::json;

use crate::remote::{RemoteApi, RemoteError};
use crate::token::{RealTokens, TokenError};

/// Makes tokens: in this process, or through the control API of an issuer that
/// runs elsewhere.
#[derive(Debug, Clone)]
pub enum Minter {
    /// With an issuer in this process.
    Local {
        /// What the tokens say.
        settings: TokenSettings,
        /// Id of the authorization server.
        server: String,
        /// The issuer.
        issuer: mock_idp::Issuer,
        /// Real tokens in the place of the control, whose signing key the issuer has not.
        real: Option<RealTokens>,
    },
    /// Through `POST /_mock/mint`.
    Remote {
        /// What the tokens say.
        settings: TokenSettings,
        /// Id of the authorization server.
        server: String,
        /// Its control API.
        api: RemoteApi,
    },
}

/// A token that was made.
#[derive(Debug, Clone)]
pub struct Minted {
    /// The token.
    pub token: Token,
    /// Its header as it went in.
    pub header: String,
    /// Its payload as it went in.
    pub payload: String,
    /// Whether it may make the target fetch keys.
    pub may_cause_fetch: bool,
    /// How it differs from the control.
    pub changes: Vec<String>,
}

/// Why no token was made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MintError {
    /// The mutation can't be carried out.
    #[error(transparent)]
    Local(#[from] mock_idp::MintError),
    /// The issuer that runs elsewhere can't be asked, or refuses.
    #[error(transparent)]
    Remote(#[from] RemoteError),
    /// There is no real token any more.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// Its answer holds no token.
    #[error("the issuer at {base} minted no token: its token_base64 is not base64")]
    NoToken {
        /// Its base address.
        base: String,
    },
}

impl MintError {
    /// Whether this one token can't be made, where others can.
    #[must_use]
    pub fn is_about_the_token(&self) -> bool {
        match self {
            Self::Local(_) => true,
            Self::Remote(RemoteError::Refused { status, .. }) => matches!(status.as_u16(), 400 | 422),
            Self::Remote(_) | Self::NoToken { .. } | Self::Token(_) => false,
        }
    }
}

impl Minter {
    /// What the tokens say.
    #[must_use]
    pub fn settings(&self) -> &TokenSettings {
        match self {
            Self::Local { settings, .. } | Self::Remote { settings, .. } => settings,
        }
    }

    /// Id of the authorization server.
    pub(super) fn server(&self) -> &str {
        match self {
            Self::Local { server, .. } | Self::Remote { server, .. } => server,
        }
    }

    /// Whether a further server of the same issuer has an identifier like this one's.
    pub(super) fn has_room_beside(&self) -> bool {
        self.settings().beside(self.server()).is_some()
    }

    /// Whether the path of its issuer identifier is that one.
    pub(super) fn is_at(&self, path: &IssuerPath) -> bool {
        let settings = self.settings();
        settings.issuer.strip_prefix(settings.origin()) == Some(path.as_str())
    }

    /// The same at another authorization server of the issuer.
    pub(super) fn at_server(&self, id: &str) -> Self {
        let mut other = self.clone();
        let (settings, server) = match &mut other {
            Self::Local { settings, server, .. } | Self::Remote { settings, server, .. } => (settings, server),
        };
        if let Some(beside) = settings.beside(id) {
            settings.issuer = beside;
        }
        id.clone_into(server);
        other
    }

    /// The same tokens of another issuer in this process.
    pub(super) fn of_issuer(&self, issuer: mock_idp::Issuer, identifier: String) -> Self {
        let settings = TokenSettings { issuer: identifier, ..self.settings().clone() };
        Self::Local { settings, server: DEFAULT_SERVER.to_owned(), issuer, real: None }
    }

    /// Whether its tokens are those of a `mint` that is told no more than issuer,
    /// audience and scope.
    pub(super) fn is_plain(&self) -> bool {
        if self.has_real_token() {
            return false;
        }
        let settings = self.settings();
        let plain = TokenSettings::new("");
        settings.dialect == plain.dialect
            && settings.leeway == plain.leeway
            && settings.other_scope == plain.other_scope
    }

    /// Whether the control is a real token, whose signing key nobody here has.
    #[must_use]
    pub fn has_real_token(&self) -> bool {
        matches!(self, Self::Local { real: Some(_), .. })
    }

    /// The second real token as it was issued; `None` where there is none.
    pub(super) async fn second(&self) -> Result<Option<Minted>, MintError> {
        let Self::Local { real: Some(RealTokens { second: Some(second), .. }), .. } = self else { return Ok(None) };
        let given = second.current().await?;
        let text = |part: Option<&Object>| part.map(Object::to_text).unwrap_or_default();
        Ok(Some(Minted {
            token: given.token().clone(),
            header: text(given.header()),
            payload: text(given.claims()),
            may_cause_fetch: false,
            changes: vec!["token: the second one, as it was issued".to_owned()],
        }))
    }

    /// The same with other settings, for a diagnosis.
    #[must_use]
    pub fn with_settings(&self, change: impl FnOnce(&mut TokenSettings)) -> Self {
        let mut other = self.clone();
        match &mut other {
            Self::Local { settings, .. } | Self::Remote { settings, .. } => change(settings),
        }
        other
    }

    /// Makes a token.
    ///
    /// # Errors
    ///
    /// [`MintError`] when the mutation can't be carried out or the issuer can't
    /// be asked.
    pub async fn mint(&self, mutation: &Mutation) -> Result<Minted, MintError> {
        match self {
            Self::Local { settings, server, issuer, real } => {
                let mut request = MintRequest::mutation(mutation.clone()).with_settings(settings);
                server.clone_into(&mut request.server);
                if let Some(real) = real {
                    request.given = Some(real.given().await?);
                }
                let forged = issuer.mint(&request)?;
                Ok(Minted {
                    may_cause_fetch: forged.may_cause_fetch(),
                    changes: forged.changes.iter().map(ToString::to_string).collect(),
                    header: forged.header,
                    payload: forged.payload,
                    token: forged.token,
                })
            }
            Self::Remote { settings, server, api } => remote(api, server, settings, mutation).await,
        }
    }
}

#[derive(Deserialize)]
struct MintAnswer {
    token_base64: String,
    header: String,
    payload: String,
    changes: Vec<String>,
    kid: Option<String>,
    kid_published: bool,
}

async fn remote(
    api: &RemoteApi,
    server: &str,
    settings: &TokenSettings,
    mutation: &Mutation,
) -> Result<Minted, MintError> {
    use base64::Engine as _;
    let mut dialect = settings.dialect.to_json();
    // Its key is its own.
    if let Some(members) = dialect.as_object_mut() {
        members.remove("kid");
    }
    let body = json!({
        "server": server,
        "mutation": mutation.to_json(),
        "issuer": settings.issuer,
        "audience": settings.audience,
        "scope": settings.scope,
        "client_id": settings.client_id,
        "leeway": settings.leeway,
        "dialect": dialect,
        "other_scope": settings.other_scope,
        "listener": settings.listener,
    });
    let answer: MintAnswer = api.post("/_mock/mint", &body).await?;
    let token = base64::engine::general_purpose::STANDARD.decode(&answer.token_base64);
    Ok(Minted {
        token: Token::new(token.map_err(|_| MintError::NoToken { base: api.base().to_owned() })?),
        may_cause_fetch: answer.kid.is_some() && !answer.kid_published,
        changes: answer.changes,
        header: answer.header,
        payload: answer.payload,
    })
}
