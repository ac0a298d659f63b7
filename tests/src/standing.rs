//! A server that runs already, started by a test.

use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A process that listens; dropping it ends it.
pub struct Standing {
    child: Child,
    port: u16,
}

/// How long it may take until it listens.
const PATIENCE: Duration = Duration::from_secs(30);

impl Standing {
    /// Starts the command, which listens on the port in `SERVER_PORT`.
    ///
    /// # Panics
    ///
    /// When it does not start, or does not listen in time.
    #[must_use]
    pub fn start(command: &mut Command) -> Self {
        let port = free_port();
        let child = command
            .env("SERVER_PORT", port.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let standing = Self { child: child.unwrap_or_else(|error| panic!("{error}")), port };
        let begin = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begin.elapsed() < PATIENCE, "it does not listen on {port}");
            std::thread::sleep(Duration::from_millis(20));
        }
        standing
    }

    /// Its route `/`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }
}

impl Drop for Standing {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A port on which nothing listens at this moment.
///
/// # Panics
///
/// When the system has none.
#[must_use]
pub fn free_port() -> u16 {
    badpenny::target::free_port().unwrap_or_else(|error| panic!("{error}"))
}
