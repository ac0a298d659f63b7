use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::{Body, Bytes, Frame, SizeHint};

use crate::issuer::Delivery;

/// White space, from which bodies of any size are made.
static BLANKS: [u8; 16 * 1024] = [b' '; 16 * 1024];

/// The body of an answer, as its delivery wants it: whole, filled up, or cut.
pub(super) struct AnswerBody {
    start: Bytes,
    rest: Rest,
}

/// What follows the start.
enum Rest {
    Nothing,
    /// So many bytes of white space.
    Blanks(u64),
    /// What is written so far goes out first.
    Flush,
    /// The connection breaks.
    Cut,
}

/// Ends a connection without an answer, or in the middle of one.
#[derive(Debug, thiserror::Error)]
#[error("cut by a fault")]
pub(super) struct Cut;

impl AnswerBody {
    pub(super) fn new(bytes: Bytes, delivery: &Delivery) -> Self {
        match delivery {
            Delivery::Filled(size) => {
                let blanks = size.saturating_sub(bytes.len() as u64);
                Self { start: bytes, rest: Rest::Blanks(blanks) }
            }
            Delivery::CutAfter(count) => Self { start: bytes.slice(..bytes.len().min(*count)), rest: Rest::Flush },
            _ => Self::whole(bytes),
        }
    }

    pub(super) fn whole(bytes: Bytes) -> Self {
        Self { start: bytes, rest: Rest::Nothing }
    }

    fn next_blanks(&mut self, left: u64) -> Option<Bytes> {
        let count = usize::try_from(left).unwrap_or(usize::MAX).min(BLANKS.len());
        self.rest = Rest::Blanks(left - count as u64);
        Some(Bytes::from_static(&BLANKS).slice(..count)).filter(|blanks| !blanks.is_empty())
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        let body = self.get_mut();
        if !body.start.is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(std::mem::take(&mut body.start)))));
        }
        match body.rest {
            Rest::Nothing => Poll::Ready(None),
            Rest::Blanks(left) => Poll::Ready(body.next_blanks(left).map(|blanks| Ok(Frame::data(blanks)))),
            Rest::Flush => {
                body.rest = Rest::Cut;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Rest::Cut => Poll::Ready(Some(Err(Cut))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.start.is_empty() && matches!(self.rest, Rest::Nothing | Rest::Blanks(0))
    }

    fn size_hint(&self) -> SizeHint {
        let start = self.start.len() as u64;
        match self.rest {
            Rest::Nothing => SizeHint::with_exact(start),
            Rest::Blanks(blanks) => SizeHint::with_exact(start + blanks),
            Rest::Flush | Rest::Cut => SizeHint::default(),
        }
    }
}
