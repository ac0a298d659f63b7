//! All that a client does with an issuer of this package, and what it should not do, turn after turn.

use std::collections::BTreeMap;
use std::rc::Rc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mock_idp::claims::{DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET};
use serde_json::Value;

use super::job::{Amount, Call, Failure, Flow, Mix, split};
use super::repeat::{Done, Quota, on_connections};
use super::wire::Connection;

const CALLBACK: &str = "http://localhost:3000/callback";
/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

pub(crate) async fn mixed(mix: &Mix, amount: Amount) -> Result<Done, Failure> {
    let (authority, mix) = (split(&mix.issuer)?.0.to_owned(), Rc::new(mix.clone()));
    let worker = move |quota: Rc<Quota>| {
        let mut client = Client {
            issuer: mix.issuer.clone(),
            connection: Connection::new(authority.clone()),
            quota,
            is_over: false,
        };
        async move {
            while !client.is_over {
                client.turn().await?;
            }
            Ok(())
        }
    };
    on_connections(amount, worker).await
}

/// One client on a connection of its own.
struct Client {
    issuer: String,
    connection: Connection,
    quota: Rc<Quota>,
    is_over: bool,
}

impl Client {
    /// Everything once; a whole flow counts as one thing that was done.
    async fn turn(&mut self) -> Result<(), Failure> {
        self.read_documents().await?;
        self.ask(self.token("grant_type=client_credentials&scope=test_scope"), 200).await?;
        let tokens = self.sign_in().await?;
        let tokens = self.refresh(&text(&tokens, "refresh_token")?).await?;
        self.use_up(&text(&tokens, "access_token")?).await?;
        self.err().await
    }

    async fn read_documents(&mut self) -> Result<(), Failure> {
        for path in ["/.well-known/openid-configuration", "/v1/keys"] {
            self.ask(Call::get(format!("{}{path}", self.issuer)), 200).await?;
        }
        Ok(())
    }

    async fn sign_in(&mut self) -> Result<Value, Failure> {
        let authorize = format!(
            "{}/v1/authorize?client_id={DEFAULT_CLIENT_ID}&response_type=code&scope=openid%20offline_access\
             &redirect_uri={CALLBACK}&state=s&nonce=n&code_challenge={CHALLENGE}&code_challenge_method=S256\
             &login_hint=user@example.com",
            self.issuer
        );
        let redeem = format!("grant_type=authorization_code&redirect_uri={CALLBACK}&code_verifier={VERIFIER}");
        let (callback, token) = (CALLBACK.to_owned(), self.token(&redeem));
        let said = Flow { authorize, callback, form: BTreeMap::new(), token }.run(&mut self.connection).await?;
        self.done();
        Ok(serde_json::from_str(&said)?)
    }

    async fn refresh(&mut self, token: &str) -> Result<Value, Failure> {
        let said = self.ask(self.token(&format!("grant_type=refresh_token&refresh_token={token}")), 200).await?;
        Ok(serde_json::from_str(&said)?)
    }

    /// What is done with an access token until it is revoked.
    async fn use_up(&mut self, token: &str) -> Result<(), Failure> {
        let userinfo = || format!("{}/v1/userinfo", self.issuer);
        let bearer = Call::get(userinfo()).with("authorization", format!("Bearer {token}"));
        self.ask(bearer.clone(), 200).await?;
        for (endpoint, is_active) in [("introspect", Some(true)), ("revoke", None), ("introspect", Some(false))] {
            let said = self.ask(self.by_client(endpoint, &format!("token={token}")), 200).await?;
            if is_active.is_some_and(|active| !said.contains(&format!("\"active\":{active}"))) {
                return Err(format!("{endpoint}: {said}").into());
            }
        }
        self.ask(bearer, 401).await.map(drop)
    }

    /// Requests that are refused.
    async fn err(&mut self) -> Result<(), Failure> {
        let wrong = self.token("grant_type=client_credentials").with("authorization", "Basic d3Jvbmc6d3Jvbmc=");
        self.ask(wrong, 401).await?;
        for (body, status) in
            [("grant_type=unheard_of", 400), ("grant_type=authorization_code&code=none", 400), ("", 400)]
        {
            self.ask(self.token(body), status).await?;
        }
        self.ask(Call::get(format!("{}/v1/token", self.issuer)), 405).await?;
        self.ask(Call::get(format!("{}/v1/nothing", self.issuer)), 404).await?;
        self.ask(Call::get(format!("{}/v1/authorize?client_id=nobody", self.issuer)), 400).await.map(drop)
    }

    async fn ask(&mut self, call: Call, status: u16) -> Result<String, Failure> {
        let answer = self.connection.exchange(&call.bytes()?).await?;
        let (found, text) = (answer.status, answer.text().into_owned());
        self.done();
        if found == status { Ok(text) } else { Err(format!("{}: {found} {text}", call.url).into()) }
    }

    fn done(&mut self) {
        self.is_over |= !self.quota.goes_on();
    }

    fn token(&self, body: &str) -> Call {
        self.by_client("token", body)
    }

    fn by_client(&self, endpoint: &str, body: &str) -> Call {
        let credentials = STANDARD.encode(format!("{DEFAULT_CLIENT_ID}:{DEFAULT_CLIENT_SECRET}"));
        Call::form(format!("{}/v1/{endpoint}", self.issuer), body).with("authorization", format!("Basic {credentials}"))
    }
}

fn text(tokens: &Value, name: &str) -> Result<String, Failure> {
    let text = tokens.get(name).and_then(Value::as_str).ok_or_else(|| format!("no {name} in {tokens}"))?;
    Ok(text.to_owned())
}
