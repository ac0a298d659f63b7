//! The time from the start of a program to its first answer.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::job::{Call, Failure, Start, split};

const LIMIT: Duration = Duration::from_secs(60);
/// The wait between two tries.
const PAUSE: Duration = Duration::from_micros(200);

#[derive(Serialize)]
pub(crate) struct Started {
    milliseconds: f64,
}

/// Starts the program, and ends it after its first answer.
pub(crate) fn measured(start: &Start) -> Result<Started, Failure> {
    let (program, arguments) = start.command.split_first().ok_or("the command is empty")?;
    let begin = Instant::now();
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let answered = until_answer(&mut child, start, begin);
    child.kill()?;
    child.wait()?;
    Ok(Started { milliseconds: answered?.as_secs_f64() * 1000.0 })
}

fn until_answer(child: &mut Child, start: &Start, begin: Instant) -> Result<Duration, Failure> {
    let request = Call::get(start.url.as_str()).with("connection", "close").bytes()?;
    let (authority, _) = split(&start.url)?;
    while begin.elapsed() < LIMIT {
        if is_answered(authority, &request) {
            return Ok(begin.elapsed());
        }
        if let Some(status) = child.try_wait()? {
            return Err(format!("the program ended: {status}").into());
        }
        std::thread::sleep(PAUSE);
    }
    Err("no answer within a minute".into())
}

fn is_answered(authority: &str, request: &[u8]) -> bool {
    let mut answer = [0; 12];
    let asked = TcpStream::connect(authority).and_then(|mut stream| {
        stream.write_all(request)?;
        stream.read_exact(&mut answer)
    });
    asked.is_ok() && answer.ends_with(b" 200")
}
