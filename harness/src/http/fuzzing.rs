//! A way in for `harness/fuzz`, to what only the client uses. No part of the interface.

use tokio::io::AsyncRead;

use super::buffer::Buffer;
use super::reader::read_answer;
use super::{Answer, ClientSettings, FailureKind, Limits, Streams};

/// Reads all answers that one connection brings to requests of `method`.
///
/// The second part is the failure that ended it; then the last answer may lack some of what came.
pub async fn read_answers<R>(reader: &mut R, method: &[u8], limits: Limits) -> (Vec<Answer>, Result<(), FailureKind>)
where
    R: AsyncRead + Unpin,
{
    let (mut buffer, mut answers) = (Buffer::default(), Vec::new());
    // How much of a body that stays open is read depends on how its bytes come.
    let streams = Streams { tells: |_| false, quiet: None, any_body: false };
    let settings = ClientSettings { limits, streams, ..ClientSettings::default() };
    loop {
        buffer.begin_answer();
        let mut slot = None;
        let read = read_answer(&mut buffer, reader, method, &settings, &mut slot).await;
        answers.extend(slot);
        match read {
            Ok(true) => {}
            Ok(false) => return (answers, Ok(())),
            Err(failure) => return (answers, Err(failure)),
        }
    }
}
