//! The server as a program, set up by the environment: `ISSUER`, `AUDIENCE`, `SCOPE`,
//! `OTHER_SCOPE`, `CLIENTS`, `COOLDOWN_MS`, `MAX_AGE_MS`, `SERVER_PORT` or `PORT`, `SSL_CERT_FILE`.

use std::error::Error;
use std::net::Ipv4Addr;
use std::process::ExitCode;

use rust_axum::{Settings, port_from_env, serve};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> ExitCode {
    let Err(error) = run().await else { return ExitCode::SUCCESS };
    report(error.as_ref());
    ExitCode::FAILURE
}

async fn run() -> Result<(), Box<dyn Error>> {
    let mut settings = Settings::from_env()?;
    settings.jwks.on_error = |error| report(error);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port_from_env()?)).await?;
    announce(&listener)?;
    Ok(serve(listener, settings).await?)
}

#[expect(clippy::print_stdout, reason = "the one line that says where it listens")]
fn announce(listener: &TcpListener) -> std::io::Result<()> {
    println!("rust-axum listens on http://{}", listener.local_addr()?);
    Ok(())
}

/// The error and what caused it, on one line.
#[expect(clippy::print_stderr, reason = "the log of this program")]
fn report(error: &dyn Error) {
    let causes = std::iter::successors(error.source(), |error| (*error).source());
    let line: Vec<String> = std::iter::once(error).chain(causes).map(ToString::to_string).collect();
    eprintln!("rust-axum: {}", line.join(": "));
}
