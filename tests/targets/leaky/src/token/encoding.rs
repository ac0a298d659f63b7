//! Which bytes are text: UTF-8 without a byte order mark (RFC 7519 7.2, RFC 8259 8.1).

use std::borrow::Cow;

use crate::defect::{Defect, Switch};

/// The text of a header or a payload.
pub(super) fn text(bytes: &[u8], defect: Switch) -> Option<Cow<'_, str>> {
    if defect.has(Defect::SniffsUtf16)
        && let Some(text) = utf16(bytes)
    {
        return Some(text.into());
    }
    if defect.has(Defect::ReplacesBrokenUtf8) {
        return Some(String::from_utf8_lossy(bytes));
    }
    Some(std::str::from_utf8(bytes).ok()?.into())
}

/// Every other byte of ASCII in UTF-16 is zero, which tells the byte order.
fn utf16(bytes: &[u8]) -> Option<String> {
    let unit: fn([u8; 2]) -> u16 = match bytes {
        [0, other, ..] if *other != 0 => u16::from_be_bytes,
        [other, 0, ..] if *other != 0 => u16::from_le_bytes,
        _ => return None,
    };
    let units: Vec<u16> = bytes.chunks_exact(2).filter_map(|pair| pair.try_into().ok()).map(unit).collect();
    String::from_utf16(&units).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_defect_reads_its_own_encoding() {
        for (bytes, defect) in [(&b"{\0}\0"[..], Defect::SniffsUtf16), (b"\0{\0}", Defect::SniffsUtf16)] {
            assert_ne!(text(bytes, Switch(None)).as_deref(), Some("{}"));
            assert_eq!(text(bytes, Switch(Some(defect))).as_deref(), Some("{}"), "{defect}");
        }
        assert_eq!(text(b"\xff", Switch(None)), None);
        assert_eq!(text(b"\xff", Switch(Some(Defect::ReplacesBrokenUtf8))).as_deref(), Some("\u{fffd}"));
    }
}
