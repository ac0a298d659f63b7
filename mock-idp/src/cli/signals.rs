//! What the operating system tells this process, and what it tells a command.

#[cfg(not(unix))]
pub(super) use elsewhere::{Watched, interrupted};
#[cfg(unix)]
pub(super) use unix::{Watched, interrupted};

#[cfg(unix)]
mod unix {
    use std::io::IsTerminal as _;

    use rustix::process::{Pid, Signal, kill_process};
    use tokio::signal::unix::{Signal as Received, SignalKind, signal};

    /// What a terminal sends to every process in front of it by itself.
    const OF_TERMINALS: [(SignalKind, Signal); 2] =
        [(SignalKind::interrupt(), Signal::INT), (SignalKind::quit(), Signal::QUIT)];
    const OTHERS: [(SignalKind, Signal); 4] = [
        (SignalKind::terminate(), Signal::TERM),
        (SignalKind::hangup(), Signal::HUP),
        (SignalKind::user_defined1(), Signal::USR1),
        (SignalKind::user_defined2(), Signal::USR2),
    ];

    /// Done at SIGINT or SIGTERM; watches them from this call on.
    pub(in super::super) fn interrupted() -> std::io::Result<impl Future<Output = ()>> {
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        Ok(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        })
    }

    /// Signals that end this process no longer, since they are meant for a command.
    pub(in super::super) struct Watched(Vec<(Received, Option<Signal>)>);

    impl Watched {
        pub(in super::super) fn new() -> std::io::Result<Self> {
            let has_terminal = std::io::stdin().is_terminal();
            let of_terminals = OF_TERMINALS.map(|(kind, to_send)| (kind, Some(to_send).filter(|_| !has_terminal)));
            let others = OTHERS.map(|(kind, to_send)| (kind, Some(to_send)));
            let all = of_terminals.into_iter().chain(others);
            all.map(|(kind, to_send)| Ok((signal(kind)?, to_send))).collect::<std::io::Result<_>>().map(Self)
        }

        /// Passes them on to a process, for as long as the runtime runs.
        pub(in super::super) fn pass_on(self, process: u32) {
            let process = i32::try_from(process).ok().and_then(Pid::from_raw);
            for (mut received, to_send) in self.0 {
                tokio::spawn(async move {
                    while received.recv().await.is_some() {
                        if let (Some(process), Some(to_send)) = (process, to_send) {
                            // A process that has ended needs no signal.
                            let _ = kill_process(process, to_send);
                        }
                    }
                });
            }
        }
    }
}

#[cfg(not(unix))]
mod elsewhere {
    /// Done at Ctrl-C.
    pub(in super::super) fn interrupted() -> std::io::Result<impl Future<Output = ()>> {
        Ok(async {
            let _ = tokio::signal::ctrl_c().await;
        })
    }

    /// The console tells every process of its own accord; this one waits for the command.
    pub(in super::super) struct Watched;

    impl Watched {
        pub(in super::super) fn new() -> std::io::Result<Self> {
            tokio::spawn(async { while tokio::signal::ctrl_c().await.is_ok() {} });
            Ok(Self)
        }

        pub(in super::super) fn pass_on(self, _process: u32) {}
    }
}
