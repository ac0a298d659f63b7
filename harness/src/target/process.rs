//! A target's process: started, watched, and ended whatever happens to the harness.
//!
//! The process group of a target holds one process more than the target: the watcher. It reads
//! from a pipe whose other end only the harness holds. Whichever way the harness ends, the kernel
//! closes that end, and the watcher ends the whole group. It runs before the target does, so
//! there is no moment at which the target could be left behind.

use std::convert::Infallible;
use std::fmt;
use std::io::{self, Read};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

use super::environment::Environment;
use super::exit::TargetExit;
use super::group::Group;
use super::logs::{Logs, Stream};
use super::supervisor::Supervisor;

/// How long a target may take from SIGTERM to its end, unless told otherwise.
pub const DEFAULT_GRACE: Duration = Duration::from_millis(500);

/// How long to wait for the kernel to end a killed group; one that hangs in a system call may
/// take for ever.
const KILL_LIMIT: Duration = Duration::from_secs(2);

/// What becomes the target. `$1` is the command line, standard input is the pipe.
///
/// - The watcher is forked twice, so the target has no child that it does not know of.
/// - It ignores the signals of a polite stop, which go to the whole group: it must outlive the
///   grace. It holds none of the outputs: their end tells when the target is gone.
/// - `read` and `kill` are built into the shell, so no PATH can break them.
/// - The last `exec` makes the target the leader of the group: its exit status is the true one.
const SUPERVISED: &str = "\
exec 3<&0 </dev/null
(
    (
        trap '' HUP INT QUIT TERM USR1 USR2
        exec <&3 3<&- >/dev/null 2>&1
        while read -r _; do :; done
        kill -KILL 0
    ) &
)
exec 3<&-
exec /bin/sh -c \"$1\"";

/// What is needed to start a process.
#[derive(Clone, Debug)]
pub struct SpawnSettings {
    /// The command line, as `sh` reads it.
    pub command: String,
    /// The working directory. Defaults to the harness's own.
    pub cwd: Option<PathBuf>,
    /// Variables to set on top of the harness's own environment.
    pub environment: Environment,
    /// How long after SIGTERM the group gets SIGKILL. Defaults to [`DEFAULT_GRACE`].
    pub grace: Duration,
    /// Variables of this process that it does not inherit.
    pub withheld: Vec<String>,
}

/// When a process can't be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SpawnError {
    /// When the command line is empty or blank.
    #[error("the command is empty; give the command line that starts the target")]
    EmptyCommand,
    /// When the working directory is missing or not a directory.
    #[error("the working directory {} is no directory; check the path", .path.display())]
    NoSuchDirectory {
        /// The directory that was asked for.
        path: PathBuf,
    },
    /// When the system starts no shell, or no thread to watch it: a NUL byte in the command or
    /// a variable, no `/bin/sh`, no more processes, no more memory.
    #[error("the command could not be started by /bin/sh: {source}")]
    Shell {
        /// What the system said.
        source: io::Error,
    },
}

/// A running target process with everything that it started in its process group.
///
/// Dropping it ends the group at once and reaps it. What leaves the group on purpose (`setsid`,
/// a daemon, a container engine) is out of reach.
#[must_use = "a dropped process is ended"]
pub struct Process {
    group: Group,
    supervisor: Supervisor,
    logs: Logs,
    grace: Duration,
    /// The harness's end of the watcher's pipe; held, never written to.
    _lifeline: Option<ChildStdin>,
}

impl SpawnSettings {
    /// Settings for `command` with every default.
    pub fn new(command: impl Into<String>) -> Self {
        Self {
            command: command.into(),
            cwd: None,
            environment: Environment::default(),
            grace: DEFAULT_GRACE,
            withheld: Vec::new(),
        }
    }

    fn check(&self) -> Result<(), SpawnError> {
        if self.command.trim().is_empty() {
            return Err(SpawnError::EmptyCommand);
        }
        match &self.cwd {
            Some(path) if !path.is_dir() => Err(SpawnError::NoSuchDirectory { path: path.clone() }),
            _ => Ok(()),
        }
    }

    fn to_command(&self) -> Command {
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", SUPERVISED, "badpenny-target", &self.command])
            .envs(self.environment.iter())
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        for name in self.withheld.iter().filter(|name| self.environment.get(name).is_none()) {
            command.env_remove(name);
        }
        if let Some(directory) = &self.cwd {
            command.current_dir(directory);
        }
        command
    }
}

impl Process {
    /// Starts the command in its own process group. Needs no async runtime.
    ///
    /// # Errors
    /// When the settings are unusable or the system starts nothing; see [`SpawnError`]. A command
    /// that `sh` does not find is no error here: it ends with exit code 127.
    pub fn spawn(settings: &SpawnSettings) -> Result<Self, SpawnError> {
        settings.check()?;
        let shell = |source| SpawnError::Shell { source };
        let mut child = settings.to_command().spawn().map_err(shell)?;
        let lifeline = child.stdin.take();
        let logs = Logs::default();
        match supervise(&mut child, &logs) {
            Ok((group, supervisor)) => Ok(Self { group, supervisor, logs, grace: settings.grace, _lifeline: lifeline }),
            Err(source) => {
                abandon(child, lifeline);
                Err(shell(source))
            }
        }
    }

    /// The id of the process group, which is the process id of the target itself.
    pub fn group_id(&self) -> u32 {
        self.group.id()
    }

    /// What it wrote so far. The handle outlives the process.
    pub fn logs(&self) -> &Logs {
        &self.logs
    }

    /// How it ended; `None` while it runs. Once it is known, the logs are complete, the rest of
    /// the group was ended and nothing is left to reap.
    pub fn exit(&self) -> Option<TargetExit> {
        self.supervisor.exit()
    }

    /// Waits until it has ended; see [`Process::exit`].
    pub async fn wait(&self) -> TargetExit {
        self.supervisor.ended().await
    }

    /// SIGKILL to the group, without waiting for its end.
    pub fn kill(&self) {
        self.supervisor.kill();
    }

    /// Ends it: SIGTERM to the group, SIGKILL after the grace, then reaps. Does nothing to a
    /// process that has ended. Cancelling it is safe: the drop ends the group.
    pub async fn stop(&self) -> TargetExit {
        self.supervisor.terminate(self.grace);
        if let Ok(exit) = tokio::time::timeout(self.grace, self.wait()).await {
            return exit;
        }
        self.supervisor.kill();
        let ended = tokio::time::timeout(KILL_LIMIT, self.wait()).await;
        ended.unwrap_or(TargetExit::Unknown)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.supervisor.kill();
        self.supervisor.block_until_ended(KILL_LIMIT);
    }
}

impl fmt::Debug for Process {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Process")
            .field("group", &self.group.id())
            .field("exit", &self.exit())
            .field("logs", &self.logs)
            .finish_non_exhaustive()
    }
}

fn supervise(child: &mut Child, logs: &Logs) -> io::Result<(Group, Supervisor)> {
    let group = Group::led_by(child.id()).ok_or(io::ErrorKind::InvalidInput)?;
    let outputs = capture(child, logs)?;
    Ok((group, Supervisor::start(group, outputs)?))
}

/// Reads both outputs into `logs`; the receiver disconnects when both have ended.
fn capture(child: &mut Child, logs: &Logs) -> io::Result<Receiver<Infallible>> {
    let (open, outputs) = mpsc::channel();
    if let Some(stdout) = child.stdout.take() {
        read_on_a_thread(Stream::Stdout, stdout, logs.clone(), open.clone())?;
    }
    if let Some(stderr) = child.stderr.take() {
        read_on_a_thread(Stream::Stderr, stderr, logs.clone(), open)?;
    }
    Ok(outputs)
}

fn read_on_a_thread(
    stream: Stream,
    source: impl Read + Send + 'static,
    logs: Logs,
    open: Sender<Infallible>,
) -> io::Result<()> {
    let read = move || {
        logs.fill_from(stream, source);
        drop(open);
    };
    let thread = std::thread::Builder::new().name("target-output".to_owned());
    thread.spawn(read).map(drop)
}

/// Ends a child that could not be supervised: its watcher ends the group when the pipe closes.
fn abandon(mut child: Child, lifeline: Option<ChildStdin>) {
    drop(lifeline);
    let _ended_already = child.kill();
    let _reaped_already = child.wait();
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    fn spawn(command: &str) -> Process {
        Process::spawn(&SpawnSettings::new(command)).expect("sh is there")
    }

    fn texts(logs: &Logs, stream: Stream) -> Vec<String> {
        let lines = logs.tail(usize::MAX).into_iter();
        let of_stream = lines.filter(|line| line.stream == stream);
        of_stream.map(|line| line.text).collect()
    }

    #[tokio::test]
    async fn the_exit_code_and_the_whole_output_of_a_target_that_ends_are_seen() {
        let process = spawn("echo out; echo err >&2; exit 7");

        assert_eq!(process.wait().await, TargetExit::Code(7));
        assert_eq!(process.exit(), Some(TargetExit::Code(7)));
        assert_eq!(texts(process.logs(), Stream::Stdout), ["out"]);
        assert_eq!(texts(process.logs(), Stream::Stderr), ["err"]);
    }

    #[tokio::test]
    async fn the_signal_that_ends_a_target_is_seen() {
        let process = spawn("kill -SEGV $$");

        assert_eq!(process.wait().await, TargetExit::Signal(libc::SIGSEGV));
    }

    #[tokio::test]
    async fn a_command_that_is_not_found_ends_with_127() {
        let process = spawn("no-such-program-anywhere --port 1");

        assert_eq!(process.wait().await, TargetExit::Code(127));
        assert!(process.logs().contains("no-such-program-anywhere"));
    }

    #[tokio::test]
    async fn the_target_gets_an_empty_standard_input_and_no_fourth_descriptor() {
        let process = spawn("cat; (: <&3) 2>/dev/null && echo open; echo end");

        assert_eq!(process.wait().await, TargetExit::Code(0));
        assert_eq!(texts(process.logs(), Stream::Stdout), ["end"]);
    }

    #[tokio::test]
    async fn the_environment_and_the_directory_reach_the_target() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let process = Process::spawn(&SpawnSettings {
            cwd: Some(directory.path().to_owned()),
            environment: [("COLOUR", "light green")].into_iter().collect(),
            ..SpawnSettings::new("echo \"$COLOUR\"; touch was-here")
        })
        .expect("sh is there");

        process.wait().await;

        assert_eq!(texts(process.logs(), Stream::Stdout), ["light green"]);
        assert!(directory.path().join("was-here").exists());
    }

    #[tokio::test]
    async fn a_polite_target_may_finish_within_the_grace() {
        let process = spawn("trap 'echo bye; exit 4' TERM; echo up; while :; do sleep 0.01; done");
        until(|| process.logs().contains("up")).await;

        assert_eq!(process.stop().await, TargetExit::Code(4));
        assert!(process.logs().contains("bye"));
    }

    #[tokio::test]
    async fn a_server_behind_a_shell_has_the_grace_as_well() {
        // The outer shell is the leader and dies of SIGTERM at once.
        let server = "trap 'sleep 0.1; echo saved; exit' TERM; echo up; while :; do sleep 0.01; done";
        let process = spawn(&format!("sh -c \"{server}\"; true"));
        until(|| process.logs().contains("up")).await;

        process.stop().await;

        assert!(process.logs().contains("saved"));
    }

    #[tokio::test]
    async fn a_target_that_ignores_sigterm_is_killed_after_the_grace() {
        let process = Process::spawn(&SpawnSettings {
            grace: Duration::from_millis(100),
            ..SpawnSettings::new("trap '' TERM; echo up; sleep 1000 & sleep 1000")
        })
        .expect("sh is there");
        until(|| process.logs().contains("up")).await;
        let started = Instant::now();

        assert_eq!(process.stop().await, TargetExit::Signal(libc::SIGKILL));
        assert!(started.elapsed() >= Duration::from_millis(100));
        assert!(started.elapsed() < Duration::from_secs(5));
    }

    #[tokio::test]
    async fn stopping_a_target_that_has_ended_tells_how_it_ended() {
        let process = spawn("exit 5");
        process.wait().await;

        assert_eq!(process.stop().await, TargetExit::Code(5));
    }

    #[tokio::test]
    async fn a_flood_of_output_does_not_stall_the_target() {
        let process = spawn("yes a-long-enough-line | head -n 200000; echo done >&2");

        assert_eq!(process.wait().await, TargetExit::Code(0));
        assert_eq!(process.logs().total_lines(), 200_001);
    }

    #[test]
    fn an_empty_command_and_a_missing_directory_are_refused() {
        let elsewhere = SpawnSettings { cwd: Some("/no/such/place".into()), ..SpawnSettings::new("true") };

        let empty = Process::spawn(&SpawnSettings::new("  ")).err();
        assert!(matches!(empty, Some(SpawnError::EmptyCommand)));
        let message = Process::spawn(&elsewhere).map(drop).unwrap_err().to_string();
        assert_eq!(message, "the working directory /no/such/place is no directory; check the path");
    }

    #[test]
    fn a_nul_byte_in_the_command_is_an_error_and_no_panic() {
        let refused = Process::spawn(&SpawnSettings::new("echo \0")).err();

        assert!(matches!(refused, Some(SpawnError::Shell { .. })));
    }

    async fn until(condition: impl Fn() -> bool) {
        let started = Instant::now();
        while !condition() {
            assert!(started.elapsed() < Duration::from_secs(10), "it never came");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}
