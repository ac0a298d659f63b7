//! A sound resource server on actix-web, as a program: the target in which Badpenny must find
//! nothing. Set up by the environment: `ISSUER`, `SECOND_ISSUER`, `SHAPE`, `AUDIENCE`, `SCOPE`,
//! `OTHER_SCOPE`, `CLIENTS`, `COOLDOWN_MS`, `MAX_AGE_MS`, `SERVER_PORT` or `PORT`, `SSL_CERT_FILE`.
//!
//! `GET /` needs one scope, `POST /` another, and `GET /both` both; `GET /public` is for everybody.
//!
//! Unlike the one on axum it checks claims itself and takes only the signature check from
//! `jsonwebtoken`, knows two shapes of a token, takes those of several issuers, finds their keys by
//! their metadata, and lets one task own them.

mod bearer;
mod caller;
mod claims;
mod edge;
mod json;
mod jwk;
mod keys;
mod refusal;
mod settings;
mod shape;
mod source;
mod token;

use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;

use actix_web::http::Method;
use actix_web::http::header::Allow;
use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};
use actix_web::{App, HttpResponse, HttpServer};
use serde_json::json;

use crate::caller::{Both, Caller, Guard, Issuer, Read, Write};
use crate::keys::Keys;
use crate::settings::{Settings, SettingsError};
use crate::source::Source;

#[actix_web::main]
async fn main() -> ExitCode {
    let Err(error) = run().await else { return ExitCode::SUCCESS };
    report(error.as_ref());
    ExitCode::FAILURE
}

async fn run() -> Result<(), Box<dyn Error>> {
    let settings = Settings::from_env()?;
    let port = settings.port;
    let guard = web::Data::new(guard(settings)?);
    let app = move || {
        let app = App::new().app_data(guard.clone()).configure(routes);
        app.wrap(from_fn(edge::preflight)).wrap(edge::everywhere())
    };
    let server = HttpServer::new(app).workers(2).shutdown_timeout(1).bind((Ipv4Addr::LOCALHOST, port))?;
    for address in server.addrs() {
        announce(address);
    }
    Ok(server.run().await?)
}

fn guard(settings: Settings) -> Result<Guard, SettingsError> {
    let issuer = |id: String| {
        let Some(source) = Source::of(&id, settings.client.clone()) else {
            return Err(SettingsError::Issuer(id));
        };
        Ok(Issuer { id, keys: Keys::of(source, settings.pace) })
    };
    Ok(Guard {
        issuers: settings.issuers.into_iter().map(issuer).collect::<Result<_, _>>()?,
        demands: settings.demands,
        scope: settings.scope,
        other_scope: settings.other_scope,
    })
}

/// scope/per-method, http/methods: each method has a handler that says what it needs, and any
/// other is answered with 405 and nothing else. Without a path there is 404.
fn routes(config: &mut ServiceConfig) {
    let main = web::resource("/").route(web::get().to(read)).route(web::head().to(read));
    let both_scopes = web::resource("/both").route(web::get().to(both)).route(web::head().to(both));
    let for_all = web::resource("/public").route(web::get().to(public)).route(web::head().to(public));
    config
        .service(main.route(web::post().to(write)).default_service(web::to(|| only([Method::GET, Method::POST]))))
        .service(both_scopes.default_service(web::to(|| only([Method::GET]))))
        .service(for_all.default_service(web::to(|| only([Method::GET]))));
}

async fn read(caller: Caller<Read>) -> HttpResponse {
    greet(&caller.sub)
}

async fn write(caller: Caller<Write>) -> HttpResponse {
    greet(&caller.sub)
}

async fn both(caller: Caller<Both>) -> HttpResponse {
    greet(&caller.sub)
}

async fn public() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "message": "Hello, everybody!" }))
}

fn greet(sub: &str) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "message": "Hello, world!", "sub": sub }))
}

/// 405, which has to say what is allowed (RFC 9110 15.5.6).
async fn only(methods: impl IntoIterator<Item = Method>) -> HttpResponse {
    let allowed = methods.into_iter().chain([Method::HEAD]).collect();
    HttpResponse::MethodNotAllowed().insert_header(Allow(allowed)).finish()
}

#[expect(clippy::print_stdout, reason = "the one line that says where it listens")]
fn announce(address: SocketAddr) {
    println!("rust-actix listens on http://{address}");
}

/// The error and what caused it, on one line.
#[expect(clippy::print_stderr, reason = "the log of this program")]
pub(crate) fn report(error: &dyn Error) {
    let causes = std::iter::successors(error.source(), |error| (*error).source());
    let line: Vec<String> = std::iter::once(error).chain(causes).map(ToString::to_string).collect();
    eprintln!("rust-actix: {}", line.join(": "));
}
