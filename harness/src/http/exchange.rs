use std::future::poll_fn;
use std::io;
use std::ops::Range;
use std::pin::pin;
use std::task::Poll;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, split};
use tokio::time::{Instant, timeout_at};

use super::buffer::Buffer;
use super::coding;
use super::connection::{Deadline, Wire};
use super::reader::read_answer;
use super::{Answer, ClientSettings, Failure, FailureKind, Request, Sent};

/// What became of requests that were written one right after the other.
#[derive(Debug)]
pub(super) struct Outcome {
    /// One result per request, in order.
    pub(super) results: Vec<Result<Answer, Failure>>,
    /// Whether another request may follow on the connection.
    pub(super) open: bool,
}

/// Writes requests to a connection and reads their answers at the same time: a
/// server may answer, and stop reading, in the middle of a request.
pub(super) async fn exchange(
    wire: &mut Wire,
    requests: &[Request],
    settings: &ClientSettings,
    deadline: Deadline,
) -> Outcome {
    let started = Instant::now();
    let (bytes, ranges) = join(requests);
    let mut outgoing = Outgoing::default();
    let mut incoming = Incoming { reused: wire.reused, ..Incoming::default() };
    let end = {
        let (mut reader, mut writer) = split(&mut wire.stream);
        let writing = outgoing.write(&mut writer, &bytes);
        let reading = incoming.read(&mut wire.buffer, &mut reader, requests, settings, started);
        timeout_at(deadline.at, both(writing, reading)).await
    };
    wire.reused = true;
    let end =
        end.unwrap_or_else(|_| Err(FailureKind::Deadline { after: deadline.after, received: wire.buffer.received() }));
    let open = end == Ok(true) && outgoing.flushed == bytes.len();
    let unanswered =
        Unanswered { kind: end.err().unwrap_or(FailureKind::ConnectionEnded), ranges: &ranges, outgoing, started };
    Outcome { results: unanswered.complete(incoming), open }
}

/// How much of the requests was written.
#[derive(Debug, Default, Clone, Copy)]
struct Outgoing {
    /// Bytes that the stream took.
    taken: usize,
    /// Bytes that it handed on; with TLS a record may wait in between.
    flushed: usize,
}

impl Outgoing {
    async fn write<W: AsyncWrite + Unpin>(&mut self, writer: &mut W, bytes: &[u8]) -> io::Result<()> {
        while self.taken < bytes.len() {
            match writer.write(&bytes[self.taken..]).await? {
                0 => return Err(io::ErrorKind::WriteZero.into()),
                count => self.taken += count,
            }
            writer.flush().await?;
            self.flushed = self.taken;
        }
        Ok(())
    }

    fn sent(&self, request: &Range<usize>) -> Sent {
        if self.flushed >= request.end {
            Sent::Entirely
        } else if self.taken <= request.start {
            Sent::Nothing
        } else {
            Sent::Partly
        }
    }
}

/// The answers that were read.
#[derive(Debug, Default)]
struct Incoming {
    answers: Vec<Answer>,
    partial: Option<Answer>,
    reused: bool,
}

impl Incoming {
    /// Reads one answer per request, or until one of them ends the connection.
    async fn read<R: AsyncRead + Unpin>(
        &mut self,
        buffer: &mut Buffer,
        reader: &mut R,
        requests: &[Request],
        settings: &ClientSettings,
        started: Instant,
    ) -> Result<bool, FailureKind> {
        for request in requests {
            buffer.begin_answer();
            let slot = &mut self.partial;
            let open = read_answer(buffer, reader, &request.method, settings, slot).await?;
            if let Some(mut answer) = self.partial.take() {
                answer.elapsed = started.elapsed();
                answer.reused = self.reused;
                coding::take_off(&mut answer, settings.limits.body_kept);
                self.answers.push(answer);
            }
            if !open {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Why the requests after the last answer have none.
struct Unanswered<'a> {
    kind: FailureKind,
    ranges: &'a [Range<usize>],
    outgoing: Outgoing,
    started: Instant,
}

impl Unanswered<'_> {
    fn complete(&self, incoming: Incoming) -> Vec<Result<Answer, Failure>> {
        let answered = incoming.answers.len();
        let mut partial = incoming
            .partial
            .map(|partial| Box::new(Answer { elapsed: self.started.elapsed(), reused: incoming.reused, ..partial }));
        let mut results: Vec<_> = incoming.answers.into_iter().map(Ok).collect();
        for range in &self.ranges[answered..] {
            results.push(Err(Failure {
                kind: self.kind.clone(),
                sent: self.outgoing.sent(range),
                elapsed: self.started.elapsed(),
                reused: incoming.reused,
                first_try: None,
                partial: partial.take(),
            }));
        }
        results
    }
}

/// The bytes of all requests, and which of them are whose.
fn join(requests: &[Request]) -> (Vec<u8>, Vec<Range<usize>>) {
    let mut bytes = Vec::new();
    let mut ranges = Vec::with_capacity(requests.len());
    for request in requests {
        let start = bytes.len();
        bytes.extend(request.to_bytes());
        ranges.push(start..bytes.len());
    }
    (bytes, ranges)
}

/// Runs both until the reading ends. A failure to write is only told where
/// reading then says less: the answer may have come all the same.
async fn both<T>(
    writing: impl Future<Output = io::Result<()>>,
    reading: impl Future<Output = Result<T, FailureKind>>,
) -> Result<T, FailureKind> {
    let mut writing = pin!(writing);
    let mut reading = pin!(reading);
    let mut written = None;
    let read = poll_fn(|context| {
        if written.is_none()
            && let Poll::Ready(end) = writing.as_mut().poll(context)
        {
            written = Some(end);
        }
        reading.as_mut().poll(context)
    })
    .await;
    match (read, written) {
        (Err(FailureKind::ClosedBeforeAnswer), Some(Err(error))) => Err(FailureKind::from_io(&error, 0)),
        (read, _) => read,
    }
}
