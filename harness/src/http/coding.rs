//! Content codings (RFC 9110, section 8.4.1): asked for are none, and what comes
//! all the same is taken off, as far as it is kept.

use super::Answer;

/// Why a body can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CodingError {
    /// When its coding is none of those that are known, or there are too many.
    #[error("the body is in the content coding `{name}`, which is not read")]
    Unknown {
        /// The coding, or all of them.
        name: String,
    },
    /// When the body is not what its coding says.
    #[error("the body is not valid in its content coding `{name}`")]
    Invalid {
        /// The coding.
        name: String,
    },
    /// When this program was built without the feature.
    #[error("the body is in the content coding `{name}`, and badpenny was built without the feature `content-coding`")]
    Feature {
        /// The coding.
        name: String,
    },
}

/// No server stacks more than these for a reason.
const MOST_CODINGS: usize = 3;

/// Takes the codings off the body of an answer, the last one first; `limit` is
/// how much of it is kept. Where that can't be done the body stays as it is and
/// says why.
pub(super) fn take_off(answer: &mut Answer, limit: usize) {
    let codings = codings(answer);
    if codings.is_empty() || answer.body.length() == 0 {
        return;
    }
    match decoded(answer, &codings, limit) {
        Ok(bytes) => answer.body.map_kept(|_| bytes),
        Err(error) => answer.body.cannot_be_read(error),
    }
}

/// The codings in the order in which they were applied, without those that
/// change nothing.
fn codings(answer: &Answer) -> Vec<String> {
    let lines = answer.header_values("Content-Encoding").map(String::from_utf8_lossy);
    let names: Vec<String> = lines.flat_map(|line| line.split(',').map(named).collect::<Vec<_>>()).collect();
    names.into_iter().filter(|name| !name.is_empty() && name != "identity").collect()
}

fn named(text: &str) -> String {
    text.trim().to_ascii_lowercase()
}

fn decoded(answer: &Answer, codings: &[String], limit: usize) -> Result<Vec<u8>, CodingError> {
    if codings.len() > MOST_CODINGS {
        return Err(CodingError::Unknown { name: codings.join(", ") });
    }
    let kept = answer.body.kept();
    let mut whole = kept.len() as u64 == answer.body.length() && !answer.goes_on;
    let mut bytes = kept.to_vec();
    for name in codings.iter().rev() {
        (bytes, whole) = decode(name, &bytes, whole, limit)?;
    }
    Ok(bytes)
}

#[cfg(not(feature = "content-coding"))]
fn decode(name: &str, _coded: &[u8], _whole: bool, _limit: usize) -> Result<(Vec<u8>, bool), CodingError> {
    Err(CodingError::Feature { name: name.to_owned() })
}

/// Up to `limit` bytes of what was coded, and whether that is all of it. Of a
/// body that is not there to its end the start is enough.
#[cfg(feature = "content-coding")]
fn decode(name: &str, coded: &[u8], whole: bool, limit: usize) -> Result<(Vec<u8>, bool), CodingError> {
    use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

    let start = match name {
        "gzip" | "x-gzip" => start_of(MultiGzDecoder::new(coded), limit),
        // Some leave out the zlib format around it (RFC 9110, section 8.4.1.2).
        "deflate" if is_zlib(coded) => start_of(ZlibDecoder::new(coded), limit),
        "deflate" => start_of(DeflateDecoder::new(coded), limit),
        "br" => start_of(brotli_decompressor::Decompressor::new(coded, BUFFER), limit),
        "zstd" => match ruzstd::decoding::StreamingDecoder::new_with_max_window_size(coded, ZSTD_WINDOW) {
            Ok(decoder) => start_of(decoder, limit),
            Err(_) => Start { bytes: Vec::new(), end: End::Broken },
        },
        _ => return Err(CodingError::Unknown { name: name.to_owned() }),
    };
    match start.end {
        End::Broken if whole || start.bytes.is_empty() => Err(CodingError::Invalid { name: name.to_owned() }),
        end => Ok((start.bytes, whole && end == End::Reached)),
    }
}

/// For one read of a coded body, in bytes.
#[cfg(feature = "content-coding")]
const BUFFER: usize = 4096;
/// The window that a coding for HTTP may need (RFC 9659, section 3), in bytes.
#[cfg(feature = "content-coding")]
const ZSTD_WINDOW: u64 = 8 * 1024 * 1024;

/// The start of what was coded, and what it ended with.
#[cfg(feature = "content-coding")]
struct Start {
    bytes: Vec<u8>,
    end: End,
}

#[cfg(feature = "content-coding")]
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Reached,
    Cut,
    Broken,
}

#[cfg(feature = "content-coding")]
fn start_of(mut decoder: impl std::io::Read, limit: usize) -> Start {
    let mut bytes = Vec::new();
    let mut chunk = [0; BUFFER];
    let end = loop {
        match decoder.read(&mut chunk) {
            Ok(0) => break End::Reached,
            Ok(count) => bytes.extend_from_slice(&chunk[..count]),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => break End::Broken,
        }
        if bytes.len() > limit {
            bytes.truncate(limit);
            break End::Cut;
        }
    };
    Start { bytes, end }
}

/// Whether it begins as RFC 1950, section 2.2, says.
#[cfg(feature = "content-coding")]
fn is_zlib(coded: &[u8]) -> bool {
    matches!(coded, [first, second, ..] if first & 0x0f == 8 && u16::from_be_bytes([*first, *second]) % 31 == 0)
}

#[cfg(all(test, feature = "content-coding"))]
mod tests {
    use std::io::Write as _;

    use rstest::rstest;

    use super::*;

    const GZIP: &[u8] = b"\x1f\x8b\x08\0\0\0\0\0\0\xff\x01\x05\0\xfa\xffhello\x86\xa6\x10\x36\x05\0\0\0";
    const ZLIB: &[u8] = b"\x78\x01\x01\x05\0\xfa\xffhello\x06\x2c\x02\x15";
    const BROTLI: &[u8] = b"\x0b\x02\x80hello\x03";
    const ZSTD: &[u8] = b"\x28\xb5\x2f\xfd\x20\x05\x29\0\0hello";

    fn answer(coding: &str, body: &[u8]) -> Answer {
        let mut answer = Answer::new(200).with_header("Content-Encoding", coding).with_body(body);
        take_off(&mut answer, 64);
        answer
    }

    #[rstest]
    #[case("gzip", GZIP)]
    #[case("X-GZip", GZIP)]
    #[case("deflate", ZLIB)]
    #[case("deflate", b"\x01\x05\0\xfa\xffhello")]
    #[case("br", BROTLI)]
    #[case("zstd", ZSTD)]
    #[case("identity", b"hello")]
    #[case("identity, gzip", GZIP)]
    fn every_usual_coding_is_taken_off(#[case] coding: &str, #[case] body: &[u8]) {
        let answer = answer(coding, body);
        assert_eq!(answer.body.text(), "hello");
        assert_eq!(answer.body.unreadable(), None);
        assert_eq!(answer.body.length(), body.len() as u64, "the length is that of what came");
    }

    #[test]
    fn codings_are_taken_off_in_the_order_from_the_last() {
        assert_eq!(answer("br, gzip", &gzip(BROTLI)).body.text(), "hello");
    }

    #[rstest]
    #[case("gzip", b"hello", "not valid")]
    #[case("gzip", &GZIP[..GZIP.len() - 9], "not valid")]
    #[case("br", b"\xff\xff\xff\xff", "not valid")]
    #[case("zstd", b"hello", "not valid")]
    #[case("compress", b"hello", "`compress`, which is not read")]
    #[case("gzip, gzip, gzip, gzip", GZIP, "not read")]
    fn what_cannot_be_taken_off_stays_and_is_told(#[case] coding: &str, #[case] body: &[u8], #[case] told: &str) {
        let answer = answer(coding, body);
        let error = answer.body.unreadable().map(ToString::to_string).unwrap_or_default();
        assert!(error.contains(told), "{error}");
        assert_eq!(answer.body.kept(), body);
    }

    #[test]
    fn of_ten_megabytes_in_some_kilobytes_no_more_is_kept_than_of_any_body() {
        let bomb = gzip(&vec![b'x'; 10 * 1024 * 1024]);
        assert!(bomb.len() < 20 * 1024);
        assert_eq!(answer("gzip", &bomb).body.kept(), &[b'x'; 64]);
        assert_eq!(answer("gzip, gzip", &gzip(&bomb)).body.unreadable(), None);
    }

    #[test]
    fn the_start_of_a_body_that_was_not_kept_whole_is_read() {
        let coded =
            gzip(&(0..20_000_u32).flat_map(|n| (n.wrapping_mul(2_654_435_761)).to_be_bytes()).collect::<Vec<_>>());
        let mut answer = Answer::new(200).with_header("Content-Encoding", "gzip");
        answer.body.push(&coded, 1000);
        take_off(&mut answer, 10_000);
        assert_eq!(answer.body.unreadable(), None);
        assert_eq!(&answer.body.kept()[..8], b"\0\0\0\0\x9e\x37\x79\xb1");
    }

    #[expect(clippy::unwrap_used, reason = "writing to memory does not fail")]
    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }
}
