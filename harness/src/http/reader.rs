use tokio::io::AsyncRead;

use super::body::BodyReader;
use super::buffer::Buffer;
use super::head::{Framing, Head};
use super::{Answer, ClientSettings, FailureKind};

/// Reads the answer to a request of `method` into `slot`, in which a part of it
/// is left where reading fails. Tells whether another may follow.
///
/// # Errors
///
/// When the answer does not come whole; interim answers alone are none.
pub(super) async fn read_answer<R>(
    buffer: &mut Buffer,
    reader: &mut R,
    method: &[u8],
    settings: &ClientSettings,
    slot: &mut Option<Answer>,
) -> Result<bool, FailureKind>
where
    R: AsyncRead + Unpin,
{
    let mut interim = Vec::new();
    let head = loop {
        let head = Head::read(buffer, reader, settings.limits).await?;
        if !head.is_interim() {
            break head;
        }
        if interim.len() == INTERIM_LIMIT {
            return Err(FailureKind::garbage("too many interim answers", buffer.filled()));
        }
        interim.push(head.status);
    };
    let framing = head.framing(method);
    let keeps_open = head.keeps_open(*framing.as_ref().unwrap_or(&Framing::UntilClose));
    let answer = slot.insert(answer_of(head, interim));
    let framing = framing?;
    let has_length = matches!(framing, Framing::Length(_) | Framing::None);
    let open = settings.streams.may_stay_open(answer, has_length).then_some(settings.streams);
    let whole = BodyReader { buffer, reader, limits: settings.limits, answer, open }.read(framing).await?;
    if let Some(answer) = slot {
        answer.goes_on = !whole;
    }
    Ok(keeps_open && whole)
}

/// How many interim answers are skipped.
const INTERIM_LIMIT: usize = 16;

fn answer_of(head: Head, interim: Vec<u16>) -> Answer {
    Answer {
        reason: head.reason,
        minor_version: head.minor_version,
        headers: head.headers,
        interim,
        ..Answer::new(head.status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(bytes: &[u8]) -> (Result<bool, FailureKind>, Option<Answer>) {
        let mut slot = None;
        let mut buffer = Buffer::default();
        let mut reader = bytes;
        let settings = ClientSettings::default();
        let read = read_answer(&mut buffer, &mut reader, b"GET", &settings, &mut slot).await;
        (read, slot)
    }

    #[tokio::test]
    async fn interim_answers_are_skipped_and_noted() {
        let (read, answer) = read(
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 x\r\nLink: y\r\n\r\n\
              HTTP/1.1 401 No\r\nContent-Length: 2\r\n\r\nno",
        )
        .await;
        let answer = answer.unwrap();
        assert_eq!((read, answer.status), (Ok(true), 401));
        assert_eq!(answer.interim, [100, 103]);
        assert_eq!((&*answer.reason, answer.body.kept()), (b"No".as_slice(), b"no".as_slice()));
    }

    #[tokio::test]
    async fn endless_interim_answers_are_garbage() {
        let (read, answer) = read(&b"HTTP/1.1 100 x\r\n\r\n".repeat(20)).await;
        assert!(matches!(read, Err(FailureKind::Garbage { .. })) && answer.is_none());
    }

    #[tokio::test]
    async fn what_came_of_a_broken_answer_is_kept() {
        let (read, answer) = read(b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nabc").await;
        assert!(matches!(read, Err(FailureKind::Garbage { .. })));
        assert_eq!(answer.unwrap().status, 200);
    }

    #[tokio::test]
    async fn no_bytes_of_a_server_panic() {
        let sound: &[u8] = b"HTTP/1.1 200 OK\r\nA: b\r\nTransfer-Encoding: chunked\r\n\r\n\
                             3;x\r\nabc\r\n0\r\nT: 1\r\n\r\n";
        for at in 0..sound.len() {
            let _ = read(&sound[..at]).await;
            for byte in [0, b'\n', b'\r', b' ', b'0', b'f', b':', 0xff] {
                let mut broken = sound.to_vec();
                broken[at] = byte;
                let _ = read(&broken).await;
                broken.insert(at, byte);
                let _ = read(&broken).await;
            }
        }
    }
}
