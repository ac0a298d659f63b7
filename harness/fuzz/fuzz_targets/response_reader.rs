//! Any bytes as what a target answers on one connection.
//!
//! The first byte says which method the request had and how much is kept, the second how many bytes
//! come at a time. Held: nothing panics, nothing waits, no limit is passed, and what was read
//! doesn't depend on how the bytes came.

#![no_main]

use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use badpenny::http::fuzzing::read_answers;
use badpenny::http::{Answer, Limits};
use libfuzzer_sys::{Corpus, fuzz_target};
use tokio::io::{AsyncRead, ReadBuf};

/// As a reader of a few bytes at a time, and then the end of the stream.
struct Drip<'a> {
    bytes: &'a [u8],
    step: usize,
}

impl AsyncRead for Drip<'_> {
    fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let count = self.step.min(self.bytes.len()).min(buffer.remaining());
        let (now, later) = self.bytes.split_at(count);
        buffer.put_slice(now);
        self.bytes = later;
        Poll::Ready(Ok(()))
    }
}

fuzz_target!(|input: &[u8]| -> Corpus {
    let [first, second, bytes @ ..] = input else { return Corpus::Reject };
    let method: &[u8] = match first.to_ascii_uppercase() {
        b'H' => b"HEAD",
        b'C' => b"CONNECT",
        b'P' => b"POST",
        _ => b"GET",
    };
    let limits =
        if first.is_ascii_lowercase() { Limits { head: 128, body_kept: 16, body_read: 64 } } else { Limits::default() };
    let whole = read(bytes, bytes.len().max(1), method, limits);
    assert_eq!(whole, read(bytes, usize::from(*second).max(1), method, limits), "it depends on how the bytes came");
    Corpus::Keep
});

/// What was read, and whether the last answer ended as it should.
fn read(bytes: &[u8], step: usize, method: &[u8], limits: Limits) -> (Vec<String>, bool) {
    let mut drip = Drip { bytes, step };
    let reading = pin!(read_answers(&mut drip, method, limits));
    let Poll::Ready((answers, end)) = reading.poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("it waits, although all bytes are there");
    };
    if let Err(error) = &end {
        assert!(!error.to_string().is_empty());
    }
    let complete = if end.is_ok() { answers.len() } else { answers.len().saturating_sub(1) };
    let described = answers.iter().enumerate().map(|(index, answer)| describe(answer, index < complete, limits));
    (described.collect(), end.is_ok())
}

/// Of an answer that broke off, how much of its body had come is a matter of time.
fn describe(answer: &Answer, complete: bool, limits: Limits) -> String {
    let body = &answer.body;
    assert!(body.kept().len() <= limits.body_kept);
    assert!(body.kept().len() as u64 <= body.length());
    assert!(!complete || body.length() <= limits.body_read);
    let head = (answer.status, &answer.reason, &answer.headers, &answer.interim, answer.challenges());
    let behind = complete.then(|| (body.kept(), body.sha256(), &answer.trailers));
    format!("{head:?} {behind:?}")
}
