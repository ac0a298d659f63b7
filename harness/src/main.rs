//! The `badpenny` binary: see `badpenny --help`.

fn main() -> std::process::ExitCode {
    badpenny::cli::main()
}
