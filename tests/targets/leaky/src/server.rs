//! Runs the service: in this process for a test, or on a listener of the caller.

use std::io;
use std::net::{Ipv4Addr, TcpListener as StdListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio::time::sleep;

use crate::defect::Defect;
use crate::http::Connection;
use crate::service::Service;
use crate::settings::Settings;

/// A running server in this process, on a port of its own. Dropping it ends the server and cuts
/// its connections.
///
/// It has a thread and a runtime of its own, so that a defect which kills it kills all of it.
#[derive(Debug)]
#[must_use = "the server ends when this is dropped"]
pub struct Leaky {
    url: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Leaky {
    /// Starts a server with this defect, or a sound one.
    ///
    /// # Errors
    /// When there is no free port, or no thread to be had.
    pub fn start(settings: Settings, defect: Option<Defect>) -> io::Result<Self> {
        let listener = StdListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let url = format!("http://{}", listener.local_addr()?);
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let run = move || run(&runtime, listener, settings, defect, stopped);
        let thread = std::thread::Builder::new().name("leaky".to_owned()).spawn(run)?;
        Ok(Self { url, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it listens, without a slash at the end. The protected route is `GET /`.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Leaky {
    fn drop(&mut self) {
        // Dropping the sender is the signal; a dead server hears it no more.
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Serves on `listener`. Returns only when a defect ends the server.
pub async fn serve(listener: TcpListener, settings: Settings, defect: Option<Defect>) {
    let service = Arc::new(Service::new(settings, defect));
    tokio::select! {
        () = accept(&listener, &service) => (),
        () = service.died() => (),
    }
}

async fn accept(listener: &TcpListener, service: &Arc<Service>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // A client that is gone again, or too many of them: either passes.
            sleep(Duration::from_millis(20)).await;
            continue;
        };
        // Answers are small: none is to wait for more to send.
        let _ = stream.set_nodelay(true);
        tokio::spawn(Connection::new(stream, Arc::clone(service)).serve());
    }
}

fn run(
    runtime: &Runtime,
    listener: StdListener,
    settings: Settings,
    defect: Option<Defect>,
    stopped: oneshot::Receiver<()>,
) {
    runtime.block_on(async {
        // Then nothing is served, which the caller sees on the first request.
        let Ok(listener) = TcpListener::from_std(listener) else { return };
        tokio::select! {
            () = serve(listener, settings, defect) => (),
            _ = stopped => (),
        }
    });
}
