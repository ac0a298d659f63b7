//! An Okta-compatible issuer for tests, which mints any OAuth 2.0 access token
//! on demand: good, or deliberately bad.
//!
//! A service that checks access tokens is easily tested with good ones. What
//! matters is what it does with the bad: expired, for another audience, signed
//! with the wrong key, not signed at all. No real issuer makes those. This one
//! does, and to the service it looks like Okta: its paths, its documents, its
//! tokens, its error texts.
//!
//! ```
//! use mock_idp::{MintRequest, MockIdp};
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let idp = MockIdp::start().await?;
//!     let issuer = idp.http_issuer(); // for the settings of the service under test
//!
//!     let good = idp.token(); // to be accepted
//!     let expired = idp.mint(&MintRequest::scenario("time/expired@one-hour")?)?; // to be refused
//!     assert_ne!(good, expired.token.expose_text());
//!
//!     // What the service does to verify either: the same key signed both.
//!     let http = reqwest::Client::builder().no_proxy().build()?;
//!     let keys = http.get(format!("{issuer}/v1/keys")).send().await?.text().await?;
//!     assert!(expired.kid.is_some_and(|kid| keys.contains(&kid)));
//!     Ok(())
//! }
//! ```
//!
//! # The issuer
//!
//! [`MockIdp::start`] listens for http and https on free loopback ports and
//! ends when it is dropped, so every test has an issuer of its own. It serves
//! the discovery documents, the JWKS, the token endpoint with client credentials,
//! passwords, assertions and exchanges ([`GrantType`](config::GrantType)), and the
//! [flows of users](#users), and really checks secrets, assertions
//! ([`Client::with_jwks`](config::Client::with_jwks)), scopes and methods.
//! [`MockIdp::builder`] pins ports, names, the clock or the seed.
//!
//! Behind it stands [`Issuer`]: a synchronous function from [`Request`] to
//! [`Response`] that needs no network. Its keys can be changed for good while
//! it runs, with [`Issuer::change_keys`], or for a while: see
//! [steps and faults](#steps-and-faults).
//!
//! # Tokens and mutations
//!
//! A bad token is the *control* (the honest token, [`claims`]) with one
//! [`Mutation`](mutation::Mutation): a list of edits in the language of
//! [`mutation`], from a claim's value to the last bit of the signature.
//! [`forge`] carries them out to the byte and tells what differs:
//!
//! ```
//! use mock_idp::config::Config;
//! use mock_idp::mutation::Mutation;
//! use mock_idp::{Issuer, MintRequest};
//!
//! let issuer = Issuer::new(&Config::default())?;
//! let edits = serde_json::json!([{ "claim": "aud", "set": "api://other" }]);
//! let forged = issuer.mint(&MintRequest::mutation(Mutation::from_json(&edits)?))?;
//! assert_eq!(forged.changes[0].to_string(), r#"payload  ~ "aud": "api://default" -> "api://other""#);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What signs is one of [`keys`]: the issuer's, an attacker's, a weak one, or
//! the public key taken for a shared secret.
//!
//! What the control looks like is a [`dialect`]'s: Okta's, RFC 9068's, Keycloak's,
//! one's own. A server has one, and a [`MintRequest`] may choose another.
//!
//! # Scenarios by name
//!
//! [`catalogue`] holds the tokens of Badpenny's scenarios as
//! `category/name@variant`; [`MintRequest::scenario`] takes such a name. Those
//! whose fault lies in the request (a token in the wrong header, say) are the
//! control here.
//!
//! # Users
//!
//! An application that signs users in meets the authorization code flow with PKCE,
//! implicit and hybrid flows, refresh tokens, ID Tokens, userinfo, introspection,
//! revocation and logout. A device without a browser meets the device flow.
//! Without [`users`](config::AuthorizationServer::users) anyone may sign in. A
//! person does so on a page, and consents on another where a
//! [scope](config::Scope::needs_consent) needs it; whom a request names in
//! `login_hint` needs neither:
//!
//! ```
//! use mock_idp::config::Config;
//! use mock_idp::{Issuer, Request};
//!
//! let issuer = Issuer::new(&Config::default())?;
//! let request = Request::get(
//!     "/oauth2/default/v1/authorize?client_id=0oaBadpennyTestClien&response_type=code&scope=openid\
//!      &redirect_uri=http://localhost:3000/callback&state=s1&login_hint=ada@example.com",
//! );
//! let back = issuer.handle(&request).headers["location"].to_str()?.to_owned();
//! assert!(back.starts_with("http://localhost:3000/callback?code="));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Answers that are otherwise
//!
//! What a client of the issuer must refuse, take and get over is tested with answers that
//! are bad, or legal and odd, each asked for by its name: see [`answer`].
//!
//! # Steps and faults
//!
//! What a service does when keys are rotated, when a key is withdrawn, when the
//! issuer is down: [`Issuer::apply`] carries [`step`]s out on an authorization
//! server, [`Issuer::restore`] undoes them all.
//!
//! ```
//! use mock_idp::claims::TokenSettings;
//! use mock_idp::step::Step;
//! use mock_idp::{MintRequest, MockIdp};
//! use serde_json::json;
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let idp = MockIdp::start().await?;
//!     let settings = TokenSettings::new(idp.http_issuer());
//!     let before = idp.token();
//!
//!     // The keys are rotated and the old one is withdrawn at once.
//!     let steps = [json!({ "rotate": true }), json!({ "withdraw": "previous" })];
//!     let steps = steps.iter().map(Step::from_json).collect::<Result<Vec<_>, _>>()?;
//!     let staged = idp.issuer().apply("default", &steps, &settings)?;
//!
//!     // Here the service under test refuses `before` and accepts `after`, once
//!     // it has fetched this revision.
//!     let after = idp.token();
//!     assert_ne!(before, after);
//!     assert_ne!(idp.journal().last_revision_served("default"), Some(staged.revision));
//!
//!     // The issuer is down: connections are closed without an answer.
//!     let outage = Step::from_json(&json!({ "fault": "issuer", "by": "refuse" }))?;
//!     idp.issuer().apply("default", &[outage], &settings)?;
//!     let http = reqwest::Client::builder().no_proxy().build()?;
//!     assert!(http.get(format!("{}/v1/keys", idp.http_issuer())).send().await.is_err());
//!     assert!(idp.journal().hits("default", "keys") >= 1);
//!
//!     idp.issuer().restore("default");
//!     assert_eq!(http.get(format!("{}/v1/keys", idp.http_issuer())).send().await?.status(), 200);
//!     Ok(())
//! }
//! ```
//!
//! [`Issuer::publish_twin`] publishes one more healthy key: a token that it
//! signed can be accepted only by who has fetched since. [`Issuer::rekid`] signs
//! under an id that no cache knows. A [`Fault`](step::Fault) is carried out by
//! the servers of [`MockIdp`]; [`Issuer::handle`] only tells it, as
//! [`Response::delivery`].
//!
//! [`Issuer::hold`] keeps the answers of a JWKS endpoint back until
//! [`Issuer::release`], so that a fetch and other requests are under way at the
//! same time, for certain.
//!
//! # Servers that come and go
//!
//! What needs an issuer of its own gets an authorization server of its own,
//! whose keys, steps, faults and journal are apart from the others'.
//! [`Issuer::add_server`] adds any, [`Issuer::add_server_like`] one like another
//! under a fresh `kid`; [`Issuer::remove_server`] removes it, and
//! [`Issuer::change_server`] changes what it is set up with.
//!
//! ```
//! use mock_idp::config::Config;
//! use mock_idp::{Issuer, Request};
//!
//! let issuer = Issuer::new(&Config::default())?;
//! issuer.add_server_like("case-1", "default")?;
//! issuer.handle(&Request::get("/oauth2/case-1/v1/keys"));
//! assert_eq!(issuer.journal().entries_of("case-1", 0).len(), 1);
//! assert!(issuer.journal().entries_of("default", 0).is_empty());
//! assert!(issuer.remove_server("case-1"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! They share the https door. [`Issuer::beside`] starts an issuer with a door
//! of its own and the same certificate authority.
//!
//! # Configuration
//!
//! [`config`] describes any number of authorization servers beside `default`,
//! each with its audience, scopes, clients, key and lifetimes: as plain fields
//! in Rust, or as TOML whose mistakes are told with their line ([`input`]).
//!
//! Scopes, claims, apps and users are made and removed over http as well, by Okta's
//! management API under `/api/v1` and by dynamic registration, as Okta's SDKs call them.
//!
//! # TLS and the certificate authority
//!
//! Okta's verifiers refuse an issuer over http: give them
//! [`MockIdp::https_issuer`], and let them trust [`MockIdp::ca_pem`]. The
//! certificate names this machine and every
//! [`alias`](MockIdpBuilder::alias). [`tls`] makes it on first use; a test
//! that stays with http never waits for it.
//!
//! # The journal
//!
//! [`MockIdp::journal`] tells what the service fetched, and how often:
//!
//! ```
//! use mock_idp::config::Config;
//! use mock_idp::{Issuer, Request};
//!
//! let issuer = Issuer::new(&Config::default())?;
//! issuer.handle(&Request::get("/oauth2/default/v1/keys"));
//! assert_eq!(issuer.journal().count("keys"), 1);
//! # Ok::<(), mock_idp::IssuerError>(())
//! ```
//!
//! It keeps the last [`journal::CAPACITY`] requests to each authorization
//! server ([`Journal::entries_of`](journal::Journal::entries_of)), so that
//! nothing that one gets pushes another's out, and exact counts of all;
//! credentials are hashed on entry. [`Journal::hits`](journal::Journal::hits)
//! counts per authorization server, also who met a fault.
//!
//! # On a `wiremock` server
//!
//! With the feature `wiremock`, [`wiremock::mount`][mount] puts the issuer's
//! paths on a `MockServer` that a test has already, beside its own mocks.
//!
//! # The same bytes again
//!
//! Time and randomness are parameters. With
//! [`Clock::fixed`](clock::Clock::fixed) and a
//! [`seed`](MockIdpBuilder::seed) ([`random`]) a token of RS*, HS* or EdDSA is
//! the same to the byte in every run; PS*, ES* and JWE draw randomness by
//! their nature. Each authorization server draws from streams of its own, so
//! the order in which several are used changes nothing. [`Clock::advance`](clock::Clock::advance) lets a token expire
//! without a wait.
//!
//! # The binary
//!
//! `cargo install mock-idp` brings the same issuer for every other language:
//! `mock-idp` serves, `mock-idp run` runs a command beside it, `mock-idp mint`
//! prints a token, `mock-idp explain` tells why one is refused, `mock-idp env`
//! prints what a program needs to trust it, and a control API under `/_mock/` mints
//! and observes over http. It keeps its keys and its authority in a
//! [`state_dir`]. A library user leaves it out with
//! `default-features = false`.
//!
//! # Safety
//!
//! **For testing only**, as the header `X-Mock-Idp` of every answer says.
//! Without a key of its own an authorization server signs with a
//! [`BuiltinKey`](keys::BuiltinKey). Its private half is in this crate for all
//! to read, so a service that trusts it trusts everybody. Its `kid` says so.
//! Off loopback the issuer refuses it under whatever `kid`: it doesn't start
//! with it ([`StartError::BuiltinKeysOffLoopback`]), nor takes it later
//! ([`AddServerError::BuiltinKeyOffLoopback`], [`Issuer::change_keys`]). Nor
//! does it start without a control token there
//! ([`StartError::NoControlToken`]). [Steps](#steps-and-faults) publish keys
//! that everybody has, an attacker's too, until they are undone: whoever holds
//! the control token answers for that. `Debug` of keys and tokens shows no
//! secret.
//!
#![cfg_attr(feature = "wiremock", doc = "[mount]: crate::wiremock::mount")]
#![cfg_attr(not(feature = "wiremock"), doc = "[mount]: https://docs.rs/mock-idp/latest/mock_idp/wiremock/")]

// The issuer.
pub mod answer;
pub mod config;
mod error;
mod issuer;
pub mod journal;
mod routes;
mod server;
mod session;
pub mod state_dir;
pub mod tls;
#[cfg(feature = "wiremock")]
pub mod wiremock;

// The tokens.
pub mod catalogue;
pub mod claims;
pub mod dialect;
pub mod forge;
pub mod keys;
pub mod mutation;
pub mod step;

// What both stand on.
pub mod clock;
#[doc(hidden)]
pub mod http;
pub mod input;
pub mod json;
mod jws;
pub mod random;

pub use error::StartError;
pub use issuer::{
    AddServerError, Addresses, ChangeServerError, Delivery, Hang, Hold, Issuer, IssuerError, MintAnswer, MintError,
    MintRequest, Request, Response, Scheme, Staged, Staging,
};
pub use server::{Bound, Listen, MockIdp, MockIdpBuilder};
