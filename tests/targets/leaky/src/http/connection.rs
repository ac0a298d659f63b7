//! One connection: requests in, answers out, in that order (RFC 9112 9.3).

use std::io;
use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::get_current_timestamp as now;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::defect::Defect;
use crate::quirk::Quirk;
use crate::service::Service;

use super::head::{self, BadHead};
use super::{Request, Response};

/// A head above this is refused with 431.
const MAX_HEAD: usize = 192 * 1024;
/// A body above this is refused with 413.
const MAX_BODY: usize = 64 * 1024;
/// How long a client may take for its next request.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long, and how much, a refused client may go on sending before it is cut off. Without that
/// a reset could overtake the answer.
const LINGER: Duration = Duration::from_millis(500);
const MAX_LINGER: usize = 2 * 1024 * 1024;
/// Above this a quirk hangs up.
const USUAL_HEAD: usize = 8 * 1024;
/// Above this a defect dies.
const LARGE_HEAD: usize = 12 * 1024;

/// Who sent the request before those that wait: what only a defect remembers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Login(pub(crate) Option<String>);

/// A client's connection.
pub(crate) struct Connection {
    stream: TcpStream,
    unread: Vec<u8>,
    login: Login,
    service: Arc<Service>,
}

impl Connection {
    pub(crate) fn new(stream: TcpStream, service: Arc<Service>) -> Self {
        Self { stream, unread: Vec::new(), login: Login::default(), service }
    }

    /// Answers until the client goes, or must go.
    pub(crate) async fn serve(mut self) {
        // What fails here is the client's connection, and nobody is left to be told.
        let _ = self.answer_all().await;
    }

    async fn answer_all(&mut self) -> io::Result<()> {
        while let Some(requests) = self.next().await? {
            let mut answers = Vec::new();
            for request in requests {
                let response = self.service.respond(&request, &mut self.login).await;
                let closes = request.closes || self.service.settings.quirks.has(Quirk::ClosesAfterAnswer);
                answers.push((response.bytes(request.method == "HEAD", closes, now()), closes));
            }
            if self.service.defect.has(Defect::AnswersOutOfOrder) {
                answers.rotate_right(1);
            }
            for (bytes, closes) in answers {
                self.stream.write_all(&bytes).await?;
                if closes {
                    return self.stream.shutdown().await;
                }
            }
            if self.unread.is_empty() {
                self.login = Login::default();
            }
        }
        Ok(())
    }

    /// The next request. Only a defect takes several at once.
    async fn next(&mut self) -> io::Result<Option<Vec<Request>>> {
        let Some(request) = self.read().await? else { return Ok(None) };
        let mut requests = vec![request];
        if self.service.defect.has(Defect::AnswersOutOfOrder) {
            let a_little = Duration::from_millis(20);
            while let Ok(Ok(Some(request))) = timeout(a_little, self.read()).await {
                requests.push(request);
            }
        }
        Ok(Some(requests))
    }

    /// Reads one request. Nothing is lost where the caller gives up waiting.
    async fn read(&mut self) -> io::Result<Option<Request>> {
        loop {
            if self.service.defect.has(Defect::DiesOfLargeHeader) && self.head_length() > LARGE_HEAD {
                return self.service.dead().await;
            }
            if self.service.settings.quirks.has(Quirk::ClosesOnLargeHead) && self.head_length() > USUAL_HEAD {
                return Ok(None);
            }
            match self.parse() {
                Ok(Some(request)) => return Ok(Some(request)),
                Ok(None) => (),
                Err(BadHead(status)) => return self.refuse(status).await,
            }
            self.unread.reserve(16 * 1024);
            match timeout(PATIENCE, self.stream.read_buf(&mut self.unread)).await {
                Ok(Ok(1..)) => (),
                Ok(Ok(0)) | Err(_) => return Ok(None),
                Ok(Err(error)) => return Err(error),
            }
        }
    }

    /// Takes a request out of what was read, if it is whole.
    fn parse(&mut self) -> Result<Option<Request>, BadHead> {
        if self.head_length() > MAX_HEAD {
            return Err(BadHead(431));
        }
        let Some(end) = head::end(&self.unread) else { return Ok(None) };
        let head = head::parse(&self.unread[..end], self.service.defect)?;
        if head.length > MAX_BODY {
            return Err(BadHead(413));
        }
        let Some(body) = self.unread.get(end..end + head.length) else { return Ok(None) };
        let request = Request { body: body.to_vec(), ..head.request };
        self.unread.drain(..end + head.length);
        Ok(Some(request))
    }

    /// As far as it has come.
    fn head_length(&self) -> usize {
        head::end(&self.unread).unwrap_or(self.unread.len())
    }

    /// Says why no further request is read here, and sees the client off.
    async fn refuse(&mut self, status: u16) -> io::Result<Option<Request>> {
        let response = Response::empty(status).with("Cache-Control", "no-store");
        self.stream.write_all(&response.bytes(false, true, now())).await?;
        self.stream.shutdown().await?;
        let mut scratch = vec![0; 16 * 1024];
        let mut seen = 0;
        while let Ok(Ok(count @ 1..)) = timeout(LINGER, self.stream.read(&mut scratch)).await {
            seen += count;
            if seen > MAX_LINGER {
                break;
            }
        }
        Ok(None)
    }
}
