//! The server as a program, set up by the environment: what [`Settings::from_env`] reads,
//! `SERVER_PORT` or `PORT`, and `SSL_CERT_FILE`.

use std::error::Error;
use std::net::Ipv4Addr;
use std::process::ExitCode;

use leaky::{Settings, port_from_env, serve};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> ExitCode {
    // Only an error or a defect ends it.
    if let Err(error) = run().await {
        report(error.as_ref());
    }
    ExitCode::FAILURE
}

async fn run() -> Result<(), Box<dyn Error>> {
    let (settings, defect) = Settings::from_env()?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port_from_env()?)).await?;
    announce(&listener)?;
    serve(listener, settings, defect).await;
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the one line that says where it listens")]
fn announce(listener: &TcpListener) -> std::io::Result<()> {
    println!("leaky listens on http://{}", listener.local_addr()?);
    Ok(())
}

/// The error and what caused it, on one line.
#[expect(clippy::print_stderr, reason = "the log of this program")]
fn report(error: &dyn Error) {
    match error.source() {
        Some(cause) => eprintln!("leaky: {error}: {cause}"),
        None => eprintln!("leaky: {error}"),
    }
}
