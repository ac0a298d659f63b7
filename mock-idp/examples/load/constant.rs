//! A server that does nothing: what the load reaches with it, no server exceeds.

use std::convert::Infallible;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use super::job::{Constant, Failure};

/// Serves until the process is ended.
pub(crate) fn serve(constant: &Constant) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let body = Bytes::from(vec![b'x'; constant.size]);
    runtime.block_on(async {
        let listener = TcpListener::bind(("127.0.0.1", constant.port)).await?;
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let body = body.clone();
            let answer = move |_: Request<hyper::body::Incoming>| {
                std::future::ready(Ok::<_, Infallible>(Response::new(Full::new(body.clone()))))
            };
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answer)));
        }
    })
}
