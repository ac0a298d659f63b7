//! What is changed about a sound request.

use super::dice::Dice;
use super::draft::{Draft, Source};
use super::grammar::{Place, WORDS};

const METHODS: [&str; 10] = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "CONNECT", "BREW"];
const HEADERS: [&str; 16] = [
    "authorization",
    "cookie",
    "content-type",
    "host",
    "origin",
    "dpop",
    "accept",
    "accept-language",
    "user-agent",
    "referer",
    "x-forwarded-host",
    "x-forwarded-proto",
    "access-control-request-method",
    "access-control-request-headers",
    "if-none-match",
    "content-encoding",
];
const MEDIA_TYPES: [&str; 7] = [
    "application/json",
    "application/x-www-form-urlencoded; charset=utf-8",
    "text/plain",
    "multipart/form-data; boundary=x",
    "",
    "APPLICATION/X-WWW-FORM-URLENCODED",
    "application/jwt",
];
/// More than any limit of a field or of a request.
const LONG: usize = 70_000;

/// Makes one change.
pub(crate) fn change(draft: &mut Draft, source: &Source<'_>, dice: &mut Dice) {
    match dice.roll(16) {
        0 => draft.method = dice.word(&METHODS).to_owned(),
        1 => change_path(draft, source, dice),
        2..=3 => change_headers(draft, source, dice),
        4 => draft.body = Some(bytes(dice)),
        5 => draft.place = if draft.place == Place::Query { Place::Form } else { Place::Query },
        6..=8 => add(draft, source, dice),
        9 => drop_one(&mut draft.fields, dice),
        _ => change_field(draft, source, dice),
    }
}

fn change_path(draft: &mut Draft, source: &Source<'_>, dice: &mut Dice) {
    let path = &mut draft.path;
    match dice.roll(8) {
        0 => path.push('/'),
        1 => path.push_str("/.."),
        2 => *path = path.replacen('/', "//", 1),
        3 => path.push_str(&value(source, dice)),
        4 => *path = path.replace("default", "closed"),
        5 => *path = path.replacen('e', "%65", 1),
        6 => path.truncate(path.char_indices().nth(dice.roll(path.len())).map_or(1, |(at, _)| at)),
        _ => *path = dice.pick(source.routes).cloned().unwrap_or_default(),
    }
}

fn change_headers(draft: &mut Draft, source: &Source<'_>, dice: &mut Dice) {
    match dice.roll(4) {
        0 => drop_one(&mut draft.headers, dice),
        1 => {
            draft.headers.retain(|(name, _)| name != "content-type");
            draft.header("content-type", dice.word(&MEDIA_TYPES));
        }
        2 => {
            let at = dice.roll(draft.headers.len());
            let other = value(source, dice);
            if let Some((_, text)) = draft.headers.get_mut(at) {
                spoil(text, other, dice);
            }
        }
        _ => draft.header(dice.word(&HEADERS), value(source, dice)),
    }
}

/// A further field, or one that is there once more.
fn add(draft: &mut Draft, source: &Source<'_>, dice: &mut Dice) {
    let field = match dice.pick(&draft.fields) {
        Some(field) if dice.once_in(3) => field.clone(),
        _ => (dice.word(WORDS).to_owned(), value(source, dice)),
    };
    draft.fields.push(field);
}

fn change_field(draft: &mut Draft, source: &Source<'_>, dice: &mut Dice) {
    let at = dice.roll(draft.fields.len());
    let other = value(source, dice);
    if let Some((name, text)) = draft.fields.get_mut(at) {
        let place = if dice.once_in(8) { name } else { text };
        spoil(place, other, dice);
    }
}

/// Changes a text in a small way, or puts another in its place.
fn spoil(text: &mut String, other: String, dice: &mut Dice) {
    let at = text.char_indices().nth(dice.roll(text.len())).map_or(0, |(at, _)| at);
    match dice.roll(8) {
        0 => text.truncate(at),
        1 => text.insert_str(at, &other),
        2 => drop((!text.is_empty()).then(|| text.remove(at))),
        3 => *text = text.to_uppercase(),
        4 => text.insert(at, char::from(u8::try_from(dice.roll(128)).unwrap_or_default())),
        5 => *text = text.split_inclusive(['.', ' ', ',', ':']).rev().collect(),
        _ => *text = other,
    }
}

fn value(source: &Source<'_>, dice: &mut Dice) -> String {
    match dice.roll(12) {
        0 => "a".repeat(LONG),
        1 => String::from_utf8_lossy(&bytes(dice)).into_owned(),
        2..=5 => source.pool.draw_any(dice).unwrap_or_default().to_owned(),
        _ => dice.word(WORDS).to_owned(),
    }
}

fn bytes(dice: &mut Dice) -> Vec<u8> {
    (0..dice.roll(40)).map(|_| u8::try_from(dice.roll(256)).unwrap_or_default()).collect()
}

fn drop_one<T>(all: &mut Vec<T>, dice: &mut Dice) {
    if !all.is_empty() {
        all.remove(dice.roll(all.len()));
    }
}
