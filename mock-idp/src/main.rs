//! The command `mock-idp`: an issuer for tests, in a process of its own.

mod cli;

fn main() -> std::process::ExitCode {
    cli::run()
}
