//! The wait until a spawned target can be tested.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::contract::LOOPBACK;
use super::exit::TargetExit;
use super::listener::Listener;
use super::port::is_taken;
use super::probe::{Probe, ProbeFailure};
use super::process::Process;

/// How long to wait for a target, and for what.
#[derive(Clone, Copy, Debug)]
pub struct ReadinessSettings {
    /// How long a target may take from its start until its route answers. Defaults to 30 s.
    pub deadline: Duration,
    /// How long to pause between two looks. Defaults to 10 ms.
    pub interval: Duration,
    /// Whether the listener must belong to the target's process group. Defaults to true. False
    /// is for a command that hands its port to someone else: a container engine, a daemon.
    pub own_listener: bool,
}

/// Why a target did not become ready.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotReady {
    /// When the process ended before the route answered.
    #[error("it ended with {exit} before it answered; {}", advice(*.exit))]
    Died {
        /// How it ended.
        exit: TargetExit,
    },
    /// When the port belongs to another process, or the target says so and ends.
    #[error(
        "port {port} is held by {}, outside the target's process group; end that process or choose \
         another port; if the target starts it, let it stay in the group, or start it yourself and \
         give --url and --idp",
        owner(*.pid)
    )]
    PortTaken {
        /// The port.
        port: u16,
        /// The process that holds it, where that could be seen.
        pid: Option<u32>,
    },
    /// When nothing listened until the deadline.
    #[error(
        "nothing listened on port {port} within {after:?}; make the target read SERVER_PORT or \
         PORT, or put {{port}} into its command line; if it has a port of its own, name it with \
         --port, or start it yourself and give --url and --idp; if it is only slow, give it longer \
         with --wait"
    )]
    NotListening {
        /// The port that the target was told.
        port: u16,
        /// How long it was waited for.
        after: Duration,
    },
    /// When the port was open, but the route did not answer until the deadline.
    #[error(
        "port {port} is open, but the route did not answer within {after:?} (the last try: {last}); \
         check --path and --scheme, or give it longer with --wait"
    )]
    NoAnswer {
        /// The port.
        port: u16,
        /// How long it was waited for.
        after: Duration,
        /// Why the last try failed.
        last: ProbeFailure,
    },
}

impl Default for ReadinessSettings {
    fn default() -> Self {
        Self { deadline: Duration::from_secs(30), interval: Duration::from_millis(10), own_listener: true }
    }
}

/// Waits until `process` listens on `port` of a loopback address and `probe` gets an answer.
/// Gives back the address that it answers on: 127.0.0.1, or ::1 if it listens only there.
///
/// # Errors
/// When the process ends, the port is another's, or the deadline passes; see [`NotReady`]. The
/// process is left as it is.
pub async fn wait_until_ready(
    process: &Process,
    port: u16,
    settings: &ReadinessSettings,
    probe: &dyn Probe,
) -> Result<SocketAddr, NotReady> {
    let mut attempt = Attempt { process, port, settings, probe, last_failure: None };
    tokio::select! {
        biased;
        exit = process.wait() => Err(died(process, port, exit).await),
        outcome = timeout(settings.deadline, attempt.run()) => {
            outcome.unwrap_or_else(|_| Err(attempt.too_late()))
        }
    }
}

struct Attempt<'a> {
    process: &'a Process,
    port: u16,
    settings: &'a ReadinessSettings,
    probe: &'a dyn Probe,
    /// `None` until the port was open for the first time.
    last_failure: Option<ProbeFailure>,
}

impl Attempt<'_> {
    async fn run(&mut self) -> Result<SocketAddr, NotReady> {
        loop {
            if let Some(address) = open_address(self.port).await {
                self.check_owner(address).await?;
                match self.probe.probe(address).await {
                    Ok(()) => return Ok(address),
                    Err(failure) => self.last_failure = Some(failure),
                }
            }
            sleep(self.settings.interval).await;
        }
    }

    /// Once is enough: who listens there now does so until the process ends.
    async fn check_owner(&mut self, address: SocketAddr) -> Result<(), NotReady> {
        if self.last_failure.is_some() {
            return Ok(());
        }
        if self.settings.own_listener
            && let Listener::Foreign { pid } = listener_at(address, self.process.group_id()).await
        {
            return Err(NotReady::PortTaken { port: self.port, pid });
        }
        self.last_failure = Some(ProbeFailure("no answer yet".to_owned()));
        Ok(())
    }

    fn too_late(&self) -> NotReady {
        let (port, after) = (self.port, self.settings.deadline);
        match self.last_failure.clone() {
            Some(last) => NotReady::NoAnswer { port, after, last },
            None => NotReady::NotListening { port, after },
        }
    }
}

/// On a thread where it may block.
async fn listener_at(address: SocketAddr, group: u32) -> Listener {
    let look = tokio::task::spawn_blocking(move || Listener::at(address, group));
    look.await.unwrap_or(Listener::Unknown)
}

/// The loopback address on which something accepts connections.
async fn open_address(port: u16) -> Option<SocketAddr> {
    for ip in [LOOPBACK, IpAddr::V6(Ipv6Addr::LOCALHOST)] {
        let address = SocketAddr::new(ip, port);
        if let Ok(connection) = TcpStream::connect(address).await {
            // A port that nobody listens on can be given to the connecting socket itself, which
            // then meets itself there.
            let met_itself = connection.local_addr().is_ok_and(|local| local == address);
            return (!met_itself).then_some(address);
        }
    }
    None
}

/// A target that ends because its port is taken is told from one that ends for its own reasons.
/// Whatever it started in its group has ended with it, so a port in use is another's.
async fn died(process: &Process, port: u16, exit: TargetExit) -> NotReady {
    if !is_taken(port) {
        return NotReady::Died { exit };
    }
    match listener_at(SocketAddr::new(LOOPBACK, port), process.group_id()).await {
        Listener::Foreign { pid } => NotReady::PortTaken { port, pid },
        Listener::Owned | Listener::NotListening | Listener::Unknown => NotReady::PortTaken { port, pid: None },
    }
}

fn advice(exit: TargetExit) -> &'static str {
    match exit.code() {
        Some(0) => "a target must stay in the foreground: drop a trailing `&` or a daemon switch",
        Some(126) => "the program may not be executed: check its mode",
        Some(127) => "the program was not found: check its name and the working directory",
        _ => "its last lines of output say why",
    }
}

fn owner(pid: Option<u32>) -> String {
    pid.map_or("a process".to_owned(), |pid| format!("process {pid}"))
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};
    use std::time::Instant;

    use super::super::port::free_port;
    use super::super::process::SpawnSettings;
    use super::super::testing::{http_server, python};
    use super::*;

    async fn wait(command: &str, port: u16, settings: ReadinessSettings) -> Outcome {
        let process = Process::spawn(&SpawnSettings::new(command)).expect("sh is there");
        wait_until_ready(&process, port, &settings, &answers).await
    }

    type Outcome = Result<SocketAddr, NotReady>;

    async fn answers(_: SocketAddr) -> Result<(), ProbeFailure> {
        Ok(())
    }

    fn within(milliseconds: u64) -> ReadinessSettings {
        ReadinessSettings { deadline: Duration::from_millis(milliseconds), ..ReadinessSettings::default() }
    }

    fn some_port() -> u16 {
        free_port().expect("there is a free port")
    }

    #[tokio::test]
    async fn a_server_is_ready_when_its_port_is_open_and_the_probe_got_an_answer() {
        if !python() {
            return;
        }
        let port = some_port();

        let outcome = wait(&http_server(port, "127.0.0.1"), port, within(20_000)).await;

        assert_eq!(outcome, Ok(SocketAddr::new(LOOPBACK, port)));
    }

    #[tokio::test]
    async fn a_server_that_listens_on_the_other_loopback_address_is_found() {
        let no_ipv6 = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_err();
        if !python() || no_ipv6 {
            return;
        }
        let port = some_port();

        let outcome = wait(&http_server(port, "::1"), port, within(20_000)).await;

        assert_eq!(outcome, Ok((Ipv6Addr::LOCALHOST, port).into()));
    }

    #[tokio::test]
    async fn a_death_ends_the_wait_at_once() {
        let started = Instant::now();

        let outcome = wait("echo oops >&2; exit 3", some_port(), within(20_000)).await;

        let exit = TargetExit::Code(3);
        assert_eq!(outcome, Err(NotReady::Died { exit }));
        assert!(started.elapsed() < Duration::from_secs(5));
    }

    #[tokio::test]
    async fn a_target_that_never_listens_is_given_up_at_the_deadline() {
        let port = some_port();

        let outcome = wait("sleep 1000", port, within(150)).await;

        let after = Duration::from_millis(150);
        assert_eq!(outcome, Err(NotReady::NotListening { port, after }));
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn a_port_that_another_process_holds_is_taken() {
        let stranger = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback");
        let port = stranger.local_addr().expect("it is bound").port();

        let outcome = wait("sleep 1000", port, within(20_000)).await;

        let pid = Some(std::process::id());
        assert_eq!(outcome, Err(NotReady::PortTaken { port, pid }));
    }

    #[tokio::test]
    async fn a_target_that_dies_over_a_taken_port_is_no_plain_death() {
        let stranger = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback");
        let port = stranger.local_addr().expect("it is bound").port();

        let process = Process::spawn(&SpawnSettings::new("exit 1")).expect("sh is there");
        let exit = process.wait().await;

        let taken = died(&process, port, exit).await;
        assert!(matches!(taken, NotReady::PortTaken { .. }), "{taken:?}");
    }

    #[tokio::test]
    async fn any_listener_will_do_where_the_settings_say_so() {
        let stranger = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback");
        let address = stranger.local_addr().expect("it is bound");
        let settings = ReadinessSettings { own_listener: false, ..within(20_000) };

        let outcome = wait("sleep 1000", address.port(), settings).await;

        assert_eq!(outcome, Ok(address));
    }

    #[tokio::test]
    async fn a_route_that_never_answers_is_given_up_with_the_last_reason() {
        let stranger = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback");
        let port = stranger.local_addr().expect("it is bound").port();
        let settings = ReadinessSettings { own_listener: false, ..within(100) };
        let process = Process::spawn(&SpawnSettings::new("sleep 1000")).expect("sh is there");
        let refuses = |_| async { Err(ProbeFailure("connection reset".to_owned())) };

        let outcome = wait_until_ready(&process, port, &settings, &refuses).await;

        let message = outcome.unwrap_err().to_string();
        assert_eq!(
            message,
            format!(
                "port {port} is open, but the route did not answer within 100ms (the last try: \
                 connection reset); check --path and --scheme, or give it longer with --wait"
            )
        );
    }

    #[test]
    fn a_death_says_what_to_do_next() {
        let message = |code| {
            let exit = TargetExit::Code(code);
            NotReady::Died { exit }.to_string()
        };

        assert!(message(0).contains("stay in the foreground"));
        assert!(message(127).contains("not found"));
        assert_eq!(message(1), "it ended with exit code 1 before it answered; its last lines of output say why");
    }
}
