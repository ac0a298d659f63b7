//! DEFLATE streams (RFC 1951) that expand to far more than they are, written
//! by hand: what they expand to is never in memory.

/// The longest match, and how many bits one takes here.
const MATCH: u64 = 258;
const MATCH_BITS: u64 = 2;
/// The longest stored block.
const STORED_LIMIT: usize = 0xffff;

/// A stream that expands to `text` and white space behind it, `size` bytes in
/// all, or to `text` alone where that is longer.
pub(super) fn with_blanks(text: &[u8], size: u64) -> Vec<u8> {
    let mut bits = Bits::default();
    for block in text.chunks(STORED_LIMIT) {
        stored(&mut bits, block, false);
    }
    match size.saturating_sub(text.len() as u64) {
        0 => stored(&mut bits, &[], true),
        blanks => run(&mut bits, blanks),
    }
    bits.bytes
}

/// A block as it is (section 3.2.4).
fn stored(bits: &mut Bits, block: &[u8], last: bool) {
    bits.push(u32::from(last), 1);
    bits.push(0b00, 2);
    bits.align();
    let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
    bits.bytes.extend_from_slice(&length.to_le_bytes());
    bits.bytes.extend_from_slice(&(!length).to_le_bytes());
    bits.bytes.extend_from_slice(block);
}

/// The last block: `count` blanks, one or more, by a Huffman code of its own
/// (section 3.2.7) in which the longest match takes two bits, both zero.
fn run(bits: &mut Bits, count: u64) {
    bits.push(1, 1);
    bits.push(0b10, 2);
    code_tables(bits);
    // The codes of the tables below: 10 is the blank, 0 0 the match, 11 the end.
    // Huffman codes go first bit first, all else last bit first.
    let blank = |bits: &mut Bits| bits.push(0b01, 2);
    blank(bits);
    let (matches, rest) = ((count - 1) / MATCH, (count - 1) % MATCH);
    bits.push_zeros(matches * MATCH_BITS);
    (0..rest).for_each(|_| blank(bits));
    bits.push(0b11, 2);
}

/// 286 lengths of codes for literals and matches: 2 for the blank (32) and for
/// the end (256), 1 for a match of 258 bytes (285). One length of a code for
/// distances: 1 for the distance 1.
fn code_tables(bits: &mut Bits) {
    bits.push(286 - 257, 5);
    bits.push(0, 5);
    // Lengths of the codes for lengths, in the order 16, 17, 18, 0, 8, 7, …:
    // 1 for 18 (many zeros), 2 for 2 and for 1.
    let lengths = [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 2];
    bits.push(18 - 4, 4);
    lengths.iter().for_each(|length| bits.push(*length, 3));
    // From here on 18 is 0, 1 is 10, 2 is 11.
    let zeros = |bits: &mut Bits, count: u32| {
        bits.push(0, 1);
        bits.push(count - 11, 7);
    };
    zeros(bits, 32);
    bits.push(0b11, 2);
    zeros(bits, 138);
    zeros(bits, 223 - 138);
    bits.push(0b11, 2);
    zeros(bits, 28);
    bits.push(0b01, 2);
    bits.push(0b01, 2);
}

/// Bytes that are filled from their lowest bit.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    /// How many bits of the last byte are used; 8 is all.
    used: u32,
}

impl Bits {
    /// The lowest `count` bits, the lowest first.
    fn push(&mut self, value: u32, count: u32) {
        for at in 0..count {
            self.push_bit(value >> at & 1 == 1);
        }
    }

    fn push_zeros(&mut self, mut count: u64) {
        while count > 0 && !self.used.is_multiple_of(8) {
            self.push_bit(false);
            count -= 1;
        }
        let whole = usize::try_from(count / 8).unwrap_or(usize::MAX);
        self.bytes.resize(self.bytes.len().saturating_add(whole), 0);
        (0..count % 8).for_each(|_| self.push_bit(false));
    }

    fn push_bit(&mut self, bit: bool) {
        if self.used.is_multiple_of(8) {
            self.bytes.push(0);
            self.used = 0;
        }
        if let Some(last) = self.bytes.last_mut() {
            *last |= u8::from(bit) << self.used;
        }
        self.used += 1;
    }

    /// The next bit begins a byte.
    fn align(&mut self) {
        self.used = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    // zlib expands these to "abc" and so many blanks behind it.
    #[test]
    fn a_stream_is_the_one_that_zlib_expands() {
        assert_eq!(hex(&with_blanks(b"abc", 3)), "000300fcff616263010000ffff");
        assert_eq!(hex(&with_blanks(b"abc", 4)), "000300fcff616263edc08100000000802095fd2917a906");
        assert_eq!(hex(&with_blanks(b"abc", 262)), "000300fcff616263edc08100000000802095fd2917a918");
        assert_eq!(hex(&with_blanks(b"abc", 263)), "000300fcff616263edc08100000000802095fd2917a968");
    }

    #[test]
    fn a_text_that_is_longer_than_asked_for_stays_whole() {
        assert_eq!(hex(&with_blanks(b"abcdef", 2)), "000600f9ff616263646566010000ffff");
    }

    #[test]
    fn a_quarter_of_a_gigabyte_takes_a_quarter_of_a_megabyte() {
        assert_eq!(with_blanks(b"abc", 250_000_000).len(), 242_286);
    }
}
