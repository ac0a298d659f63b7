//! A resource server that the harness starts, and starts again.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::contract::Contract;
use super::environment::{Environment, EnvironmentError, VariableTemplate};
use super::exit::TargetExit;
use super::logs::{LogLine, Logs};
use super::port::free_port;
use super::probe::Probe;
use super::process::{DEFAULT_GRACE, Process, SpawnError, SpawnSettings};
use super::readiness::{NotReady, ReadinessSettings, wait_until_ready};
use super::template::render_command;
use crate::withheld::Withheld;

/// How many of a target's last lines of output an error carries.
const LINES_IN_ERRORS: usize = 20;

/// How a target is started.
#[derive(Clone, Debug)]
pub struct SpawnedSettings {
    /// The command line, as `sh` reads it, with placeholders; see
    /// [`render_command`](super::render_command).
    pub command: String,
    /// The working directory. Defaults to the harness's own.
    pub cwd: Option<PathBuf>,
    /// Variables on top of the default ones.
    pub env: Vec<VariableTemplate>,
    /// Whether it speaks TLS (`https`). Defaults to false.
    pub tls: bool,
    /// How long it may take to become ready.
    pub readiness: ReadinessSettings,
    /// How long after SIGTERM it gets SIGKILL. Defaults to 500 ms.
    pub grace: Duration,
    /// How often a port that turns out to be taken is replaced. Defaults to 8.
    pub port_retries: u32,
    /// What it does not inherit, and what is not shown of its output. Defaults to nothing.
    pub withheld: Withheld,
}

/// When a target can't be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// When a variable or the command line can't be filled in.
    #[error(transparent)]
    Environment(#[from] EnvironmentError),
    /// When the system has no free port.
    #[error("no free port on 127.0.0.1 for the target: {source}")]
    NoFreePort {
        /// What the system said.
        source: io::Error,
    },
    /// When no process can be started.
    #[error(transparent)]
    Spawn(#[from] SpawnError),
    /// When it was started and did not become ready. It has been ended.
    #[error("the target `{command}` is not ready: {reason}")]
    NotReady {
        /// The command line as it was given.
        command: String,
        /// Why, and what to do next.
        reason: NotReady,
        /// Its last lines of output, raw: redact them before they are shown.
        log: Vec<LogLine>,
    },
}

/// A resource server that runs under the harness and answers. Dropping it ends it.
#[must_use = "a dropped target is ended"]
pub struct Spawned {
    settings: SpawnedSettings,
    /// With the port that the process was told.
    contract: Contract,
    /// Whether that port was ours to choose.
    any_port: bool,
    probe: Arc<dyn Probe>,
    process: Process,
    address: SocketAddr,
    /// How long it took from the start of the process until the route answered.
    started_in: Duration,
}

/// All that it takes to start one more target of the same kind.
#[derive(Clone)]
pub struct SpawnedRecipe {
    settings: SpawnedSettings,
    contract: Contract,
    probe: Arc<dyn Probe>,
}

impl SpawnedSettings {
    /// Settings for `command` with every default.
    pub fn new(command: impl Into<String>) -> Self {
        Self {
            command: command.into(),
            cwd: None,
            env: Vec::new(),
            tls: false,
            readiness: ReadinessSettings::default(),
            grace: DEFAULT_GRACE,
            port_retries: 8,
            withheld: Withheld::default(),
        }
    }

    fn for_process(&self, contract: &Contract) -> Result<SpawnSettings, EnvironmentError> {
        let is_withheld = |name: &str| self.withheld.variables().iter().any(|withheld| withheld == name);
        let inherited = |name: &str| std::env::var(name).ok().filter(|_| !is_withheld(name));
        Ok(SpawnSettings {
            command: render_command(&self.command, contract).map_err(EnvironmentError::Command)?,
            cwd: self.cwd.clone(),
            environment: Environment::of(contract, &self.env, inherited)?,
            grace: self.grace,
            withheld: self.withheld.variables().to_vec(),
        })
    }
}

impl Spawned {
    /// Starts a target and waits until `probe` got an answer from it.
    ///
    /// # Errors
    /// See [`StartError`]; whatever was started has been ended then.
    pub async fn start(
        settings: SpawnedSettings,
        contract: Contract,
        probe: Arc<dyn Probe>,
    ) -> Result<Self, StartError> {
        let any_port = contract.port == 0;
        let Started { contract, process, address, took } =
            start_on_a_port(&settings, &contract, any_port, &*probe).await?;
        Ok(Self { settings, contract, any_port, probe, process, address, started_in: took })
    }

    /// What it takes to start another one beside it, on a port of its own; `None` where the port
    /// was not ours to choose.
    pub fn recipe(&self) -> Option<SpawnedRecipe> {
        let contract = self.contract.on_port(0);
        self.any_port.then(|| SpawnedRecipe {
            settings: self.settings.clone(),
            contract,
            probe: Arc::clone(&self.probe),
        })
    }

    /// How long the present process took from its start until its route answered.
    pub fn started_in(&self) -> Duration {
        self.started_in
    }

    /// The memory that the process and its group occupy at this moment, in bytes; `None` where
    /// that can't be seen.
    pub fn resident_memory(&self) -> Option<u64> {
        super::memory::resident(self.process.group_id())
    }

    /// What tells how long the present process and its group compute.
    pub(crate) fn cpu_meter(&self) -> super::CpuMeter {
        super::CpuMeter::of(self.process.group_id())
    }

    /// Ends the process, if it still runs, and starts a fresh one: on the same port if it is
    /// still free, else on another where the contract left the choice. The logs start anew; a
    /// handle from [`Spawned::logs`] keeps the old ones.
    ///
    /// # Errors
    /// As [`Spawned::start`]; then no process runs, and it may be tried again.
    pub async fn restart(&mut self) -> Result<(), StartError> {
        self.stop().await;
        let started = start_on_a_port(&self.settings, &self.contract, self.any_port, &*self.probe).await?;
        (self.contract, self.process) = (started.contract, started.process);
        (self.address, self.started_in) = (started.address, started.took);
        Ok(())
    }

    /// Where it answers: a loopback address with the port of this process.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The same as a base URL without a path: `http://127.0.0.1:41233`; with TLS
    /// `https://localhost:41233`, since that is the name in most certificates of its kind.
    pub fn url(&self) -> String {
        base_url(self.address, self.settings.tls)
    }

    /// What the present process was told.
    pub fn contract(&self) -> &Contract {
        &self.contract
    }

    /// What is not to be shown of what it wrote.
    #[must_use]
    pub fn withheld(&self) -> &Withheld {
        &self.settings.withheld
    }

    /// What the present process wrote so far, raw.
    pub fn logs(&self) -> &Logs {
        self.process.logs()
    }

    /// How the present process ended; `None` while it runs. It takes about a millisecond for a
    /// death to be seen; [`Spawned::exit_within`] waits for it.
    pub fn exit_status(&self) -> Option<TargetExit> {
        self.process.exit()
    }

    /// Waits up to `limit` for the process to end: for the moment after a connection broke.
    pub async fn exit_within(&self, limit: Duration) -> Option<TargetExit> {
        tokio::time::timeout(limit, self.process.wait()).await.ok()
    }

    /// Ends the process with everything in its group and tells how it ended. Does nothing to one
    /// that has ended.
    pub async fn stop(&self) -> TargetExit {
        self.process.stop().await
    }
}

impl StartError {
    /// The target's last lines of output, oldest first; empty when it never ran.
    pub fn log(&self) -> &[LogLine] {
        match self {
            Self::NotReady { log, .. } => log,
            Self::Environment(_) | Self::NoFreePort { .. } | Self::Spawn(_) => &[],
        }
    }

    fn is_about_the_port(&self) -> bool {
        matches!(self, Self::NotReady { reason: NotReady::PortTaken { .. }, .. })
    }
}

impl fmt::Debug for Spawned {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Spawned")
            .field("command", &self.settings.command)
            .field("address", &self.address)
            .field("process", &self.process)
            .finish_non_exhaustive()
    }
}

impl SpawnedRecipe {
    /// Starts one more, which trusts that issuer.
    ///
    /// # Errors
    /// As [`Spawned::start`].
    pub async fn start(&self, issuer: &str, deadline: Option<Duration>) -> Result<Spawned, StartError> {
        let mut settings = self.settings.clone();
        settings.readiness.deadline = deadline.unwrap_or(settings.readiness.deadline);
        let mut spawned = Spawned::start(settings, self.contract.of_issuer(issuer), Arc::clone(&self.probe)).await?;
        // Whoever starts it again has all the time that its owner gave it.
        spawned.settings.readiness.deadline = self.settings.readiness.deadline;
        Ok(spawned)
    }
}

impl fmt::Debug for SpawnedRecipe {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("SpawnedRecipe").field("command", &self.settings.command).finish_non_exhaustive()
    }
}

/// The base URL of a server on a loopback address.
pub fn base_url(address: SocketAddr, tls: bool) -> String {
    if tls { format!("https://localhost:{}", address.port()) } else { format!("http://{address}") }
}

struct Started {
    contract: Contract,
    process: Process,
    address: SocketAddr,
    took: Duration,
}

/// Starts on the contract's port (0: a free one), and on others while those are taken.
async fn start_on_a_port(
    settings: &SpawnedSettings,
    contract: &Contract,
    any_port: bool,
    probe: &dyn Probe,
) -> Result<Started, StartError> {
    let mut port = contract.port;
    let mut retries = if any_port { settings.port_retries } else { 0 };
    loop {
        if port == 0 {
            port = free_port().map_err(|source| StartError::NoFreePort { source })?;
        }
        match start_once(settings, contract.on_port(port), probe).await {
            Err(error) if retries > 0 && error.is_about_the_port() => {
                retries -= 1;
                port = 0;
            }
            outcome => return outcome,
        }
    }
}

async fn start_once(settings: &SpawnedSettings, contract: Contract, probe: &dyn Probe) -> Result<Started, StartError> {
    let begin = Instant::now();
    let process = Process::spawn(&settings.for_process(&contract)?)?;
    match wait_until_ready(&process, contract.port, &settings.readiness, probe).await {
        Ok(address) => Ok(Started { contract, process, address, took: begin.elapsed() }),
        Err(reason) => {
            process.stop().await;
            Err(StartError::NotReady {
                command: settings.command.clone(),
                reason,
                log: process.logs().tail(LINES_IN_ERRORS),
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};

    use super::super::contract::tests::contract;
    use super::super::probe::ProbeFailure;
    use super::super::testing::{SERVER, http_server, node, python};
    use super::*;

    async fn answers(_: SocketAddr) -> Result<(), ProbeFailure> {
        Ok(())
    }

    async fn start(command: &str) -> Result<Spawned, StartError> {
        start_on(0, command).await
    }

    async fn start_on(port: u16, command: &str) -> Result<Spawned, StartError> {
        let settings = SpawnedSettings {
            readiness: ReadinessSettings { deadline: Duration::from_secs(20), ..ReadinessSettings::default() },
            ..SpawnedSettings::new(command)
        };
        Spawned::start(settings, contract().on_port(port), Arc::new(answers)).await
    }

    #[tokio::test]
    async fn a_target_is_told_its_port_and_answers_there() {
        if !python() {
            return;
        }
        let target = start(SERVER).await.expect("it starts");

        let address = target.address();
        assert_eq!(target.url(), format!("http://127.0.0.1:{}", address.port()));
        assert_eq!(target.contract().port, address.port());
        assert_eq!(target.exit_status(), None);
        assert_eq!(target.stop().await.signal(), Some(libc::SIGTERM));
        assert!(TcpListener::bind(address).is_ok(), "it let go of its port");
    }

    #[tokio::test]
    async fn a_target_may_be_started_by_any_task() {
        let started = tokio::spawn(start("exit 1")).await.expect("no panic");

        assert!(started.is_err());
    }

    #[tokio::test]
    async fn a_node_server_reads_the_variables() {
        if !node() {
            return;
        }
        let server = "node -e 'const {SERVER_PORT, ISSUER} = process.env; console.log(ISSUER); \
                      require(\"http\").createServer().listen(SERVER_PORT, \"127.0.0.1\")'";
        let target = start(server).await.expect("it starts");

        assert!(target.logs().contains(&contract().issuer));
    }

    #[tokio::test]
    async fn the_command_line_is_filled_in() {
        if !python() {
            return;
        }
        let target = start("python3 -m http.server {port} --bind {host}").await;

        assert!(target.is_ok(), "{target:?}");
    }

    #[tokio::test]
    async fn a_restart_gives_a_fresh_process_on_the_same_port() {
        if !python() {
            return;
        }
        let mut target = start(SERVER).await.expect("it starts");
        let (url, group) = (target.url(), target.process.group_id());

        target.restart().await.expect("it starts again");

        assert_eq!(target.url(), url);
        assert_ne!(target.process.group_id(), group);
        assert_eq!(target.exit_status(), None);
    }

    #[tokio::test]
    async fn a_restart_moves_on_when_its_port_was_taken_meanwhile() {
        if !python() {
            return;
        }
        let mut target = start(SERVER).await.expect("it starts");
        let before = target.address();
        target.stop().await;
        let _stranger = TcpListener::bind(before).expect("it was let go of");

        target.restart().await.expect("it starts elsewhere");

        assert_ne!(target.address(), before);
    }

    #[tokio::test]
    async fn a_death_is_seen_and_a_restart_recovers_from_it() {
        if !python() {
            return;
        }
        let mut target = start(SERVER).await.expect("it starts");
        target.process.kill();

        let exit = target.exit_within(Duration::from_secs(5)).await;

        assert_eq!(exit, Some(TargetExit::Signal(libc::SIGKILL)));
        assert_eq!(target.exit_status(), exit);
        target.restart().await.expect("it starts again");
        assert_eq!(target.exit_status(), None);
    }

    #[tokio::test]
    async fn a_fixed_port_that_is_taken_is_an_error_at_once() {
        let stranger = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback");
        let port = stranger.local_addr().expect("it is bound").port();

        let error = start_on(port, "exit 1").await.map(drop).unwrap_err();

        assert!(error.is_about_the_port(), "{error}");
    }

    #[tokio::test]
    async fn a_server_on_a_port_of_its_own_choice_is_explained() {
        if !python() {
            return;
        }
        let elsewhere = free_port().expect("there is a free port");
        let mut settings = SpawnedSettings::new(http_server(elsewhere, "127.0.0.1"));
        settings.readiness.deadline = Duration::from_millis(300);

        let error = Spawned::start(settings, contract(), Arc::new(answers)).await;

        let message = error.map(drop).unwrap_err().to_string();
        assert!(message.contains("make the target read SERVER_PORT"), "{message}");
    }

    #[tokio::test]
    async fn an_error_names_the_command_and_carries_the_last_lines() {
        let command = "echo secret {client_secret}; echo no such module >&2; exit 1";

        let error = start(command).await.map(drop).unwrap_err();

        assert_eq!(
            error.to_string(),
            format!(
                "the target `{command}` is not ready: it ended with exit code 1 before it \
                 answered; its last lines of output say why"
            )
        );
        let last: Vec<_> = error.log().iter().map(|line| line.text.as_str()).collect();
        assert!(last.contains(&"no such module"), "{last:?}");
    }

    #[tokio::test]
    async fn an_unknown_placeholder_in_the_command_starts_nothing() {
        let error = start("serve --port {prot}").await.map(drop).unwrap_err();

        let start = "command: unknown placeholder {prot}, did you mean {port}?";
        assert!(error.to_string().starts_with(start), "{error}");
        assert!(error.log().is_empty());
    }
}
