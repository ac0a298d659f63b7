//! A sound resource server on actix-web, as a program: the target in which Badpenny must find
//! nothing. Set up by the environment: `ISSUER`, `AUDIENCE`, `SCOPE`, `SERVER_PORT` or `PORT`,
//! `SSL_CERT_FILE`.
//!
//! Unlike the one on axum it checks claims itself and takes only the signature check from
//! `jsonwebtoken`, and one task owns the keys of the issuer.

mod caller;
mod keys;
mod refusal;
mod settings;
mod token;

use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;

use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::{App, HttpResponse, HttpServer, Responder, get, web};
use serde_json::json;

use crate::caller::{Caller, Guard};
use crate::keys::Keys;
use crate::settings::Settings;

#[actix_web::main]
async fn main() -> ExitCode {
    let Err(error) = run().await else { return ExitCode::SUCCESS };
    report(error.as_ref());
    ExitCode::FAILURE
}

async fn run() -> Result<(), Box<dyn Error>> {
    let settings = Settings::from_env()?;
    let guard = web::Data::new(Guard {
        keys: Keys::of(&settings.issuer, settings.client),
        issuer: settings.issuer,
        audience: settings.audience,
        scope: settings.scope,
    });
    let server = HttpServer::new(move || App::new().app_data(guard.clone()).service(hello))
        .workers(2)
        .shutdown_timeout(1)
        .bind((Ipv4Addr::LOCALHOST, settings.port))?;
    for address in server.addrs() {
        announce(address);
    }
    Ok(server.run().await?)
}

#[get("/")]
async fn hello(caller: Caller) -> impl Responder {
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .json(json!({ "message": "Hello, world!", "sub": caller.sub }))
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
