use std::thread::JoinHandle;

use tokio::sync::oneshot;

use super::Bound;
use crate::error::StartError;

/// A server in a thread with a runtime of its own, so that it answers even
/// while the caller's runtime is blocked, and so that its ports are closed
/// when the drop returns.
#[derive(Debug)]
pub(super) struct ServerThread {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl ServerThread {
    pub(super) fn start(bound: Bound) -> Result<Self, StartError> {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(StartError::Runtime)?;
        let (stop, stopped) = oneshot::channel::<()>();
        let run = move || {
            // At the end the runtime is dropped with every open connection:
            // a test that is over waits for nobody.
            runtime.block_on(async {
                tokio::select! {
                    biased;
                    _ = stopped => {}
                    _ = bound.serve(std::future::pending()) => {}
                }
            });
        };
        let thread = std::thread::Builder::new().name("mock-idp".into()).spawn(run).map_err(StartError::Runtime)?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for ServerThread {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
