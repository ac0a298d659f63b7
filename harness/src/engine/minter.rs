use mock_idp::MintRequest;
use mock_idp::claims::TokenSettings;
use mock_idp::forge::Token;
use mock_idp::mutation::Mutation;
use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::json;

/// Makes tokens: in this process, or through the control API of an issuer that
/// runs elsewhere.
#[derive(Debug, Clone)]
pub enum Minter {
    /// With an issuer in this process.
    Local {
        /// What the tokens say.
        settings: TokenSettings,
        /// The issuer.
        issuer: mock_idp::Issuer,
    },
    /// Through `POST /_mock/mint`.
    Remote {
        /// What the tokens say.
        settings: TokenSettings,
        /// Base address of the issuer, such as `http://127.0.0.1:9000`.
        base: String,
        /// The control token, where the issuer asks for one.
        control_token: Option<ControlToken>,
        /// The client for errands.
        client: reqwest::Client,
    },
}

/// A secret that opens the control API. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct ControlToken(String);

impl ControlToken {
    /// Takes the secret.
    #[must_use]
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// The secret.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for ControlToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ControlToken(..)")
    }
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
    /// The issuer can't be reached.
    #[error("the issuer at {base} cannot be reached: {source}")]
    Unreachable {
        /// Its base address.
        base: String,
        /// What went wrong.
        source: reqwest::Error,
    },
    /// The issuer refused.
    #[error("the issuer at {base} minted no token ({status}): {detail}")]
    Refused {
        /// Its base address.
        base: String,
        /// The status of its answer.
        status: StatusCode,
        /// What it said.
        detail: String,
    },
}

impl MintError {
    /// Whether this one token can't be made, where others can.
    #[must_use]
    pub fn is_about_the_token(&self) -> bool {
        match self {
            Self::Local(_) => true,
            Self::Refused { status, .. } => matches!(status.as_u16(), 400 | 422),
            Self::Unreachable { .. } => false,
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
            Self::Local { settings, issuer } => {
                let forged = issuer.mint(&mint_request(settings, mutation))?;
                Ok(Minted {
                    may_cause_fetch: forged.may_cause_fetch(),
                    changes: forged.changes.iter().map(ToString::to_string).collect(),
                    header: forged.header,
                    payload: forged.payload,
                    token: forged.token,
                })
            }
            Self::Remote { settings, base, control_token, client } => {
                remote(client, base, control_token.as_ref(), settings, mutation).await
            }
        }
    }
}

fn mint_request(settings: &TokenSettings, mutation: &Mutation) -> MintRequest {
    let mut request = MintRequest::mutation(mutation.clone());
    request.issuer = Some(settings.issuer.clone());
    request.audience = Some(settings.audience.clone());
    request.scope = Some(settings.scope.clone());
    request.client_id = Some(settings.client_id.clone());
    request.leeway = Some(settings.leeway);
    request
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
    client: &reqwest::Client,
    base: &str,
    control_token: Option<&ControlToken>,
    settings: &TokenSettings,
    mutation: &Mutation,
) -> Result<Minted, MintError> {
    use base64::Engine as _;
    let unreachable = |source| MintError::Unreachable { base: base.to_owned(), source };
    let body = json!({
        "mutation": mutation.to_json(),
        "issuer": settings.issuer,
        "audience": settings.audience,
        "scope": settings.scope,
        "client_id": settings.client_id,
        "leeway": settings.leeway,
    });
    let mut request = client.post(format!("{base}/_mock/mint")).json(&body);
    if let Some(token) = control_token {
        request = request.bearer_auth(token.secret());
    }
    let response = request.send().await.map_err(unreachable)?;
    let status = response.status();
    let text = response.text().await.map_err(unreachable)?;
    let refused = |detail: String| MintError::Refused { base: base.to_owned(), status, detail };
    if !status.is_success() {
        return Err(refused(text));
    }
    let answer: MintAnswer = serde_json::from_str(&text).map_err(|error| refused(error.to_string()))?;
    let token = base64::engine::general_purpose::STANDARD
        .decode(&answer.token_base64)
        .map_err(|_| refused("its token_base64 is not base64".to_owned()))?;
    Ok(Minted {
        token: Token::new(token),
        may_cause_fetch: answer.kid.is_some() && !answer.kid_published,
        changes: answer.changes,
        header: answer.header,
        payload: answer.payload,
    })
}
