//! First step: the token of the request (RFC 6750 2).

mod bearer;
mod places;

use crate::answer::Refusal;
use crate::defect::{Defect, Switch};
use crate::http::Request;
use crate::quirk::{Quirk, Quirks};

/// The one token of the request, if there is one: from a single `Authorization` line. What comes
/// in another place doesn't count, and next to the line it is one method too many.
pub(crate) fn token(request: &Request, quirks: Quirks, defect: Switch) -> Result<Option<String>, Refusal> {
    let Some(line) = line(request, quirks, defect)? else { return Ok(places::elsewhere(request, defect)) };
    let Some(token) = bearer::token(line, defect)? else { return Ok(None) };
    let parameter = request.parameter("access_token").or_else(|| request.form_parameter("access_token"));
    match (parameter, defect.0) {
        (None, _) => Ok(Some(token)),
        (Some(other), Some(Defect::QueryOverrulesHeader)) => Ok(Some(other.to_owned())),
        _ => Err(Refusal::InvalidRequest),
    }
}

/// The one `Authorization` line.
fn line(request: &Request, quirks: Quirks, defect: Switch) -> Result<Option<&[u8]>, Refusal> {
    let mut lines = request.lines("Authorization");
    if quirks.has(Quirk::FirstAuthorizationLineWins) {
        return Ok(lines.next());
    }
    match (lines.next(), lines.next_back(), defect.0) {
        (first, None, _) | (first, _, Some(Defect::VerifiesFirstLine)) => Ok(first),
        (_, last, Some(Defect::VerifiesLastLine)) => Ok(last),
        _ => Err(Refusal::InvalidRequest),
    }
}

/// The token of the line that was not verified, which another parser of a defect's takes.
pub(crate) fn overlooked(request: &Request, defect: Switch) -> Option<String> {
    let mut lines = request.lines("Authorization");
    let (first, last) = (lines.next()?, lines.next_back()?);
    let line = match defect.0? {
        Defect::VerifiesFirstLine => last,
        Defect::VerifiesLastLine => first,
        _ => return None,
    };
    bearer::token(line, defect).ok()?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(request: &Request, defect: Option<Defect>) -> Result<Option<String>, Refusal> {
        token(request, Quirks::default(), Switch(defect))
    }

    #[test]
    fn two_lines_have_no_single_meaning_but_for_two_defects() {
        let request = Request::of("/", &[b"Bearer a", b"Bearer b"]);
        assert_eq!(found(&request, None), Err(Refusal::InvalidRequest));
        assert_eq!(found(&request, Some(Defect::VerifiesFirstLine)), Ok(Some("a".to_owned())));
        assert_eq!(found(&request, Some(Defect::VerifiesLastLine)), Ok(Some("b".to_owned())));
        assert_eq!(overlooked(&request, Switch(Some(Defect::VerifiesFirstLine))).as_deref(), Some("b"));
        assert_eq!(overlooked(&request, Switch(Some(Defect::VerifiesLastLine))).as_deref(), Some("a"));
        assert_eq!(overlooked(&request, Switch(None)), None);
    }

    #[test]
    fn of_two_lines_a_sound_server_may_see_the_first_alone() {
        let quirks = [Quirk::FirstAuthorizationLineWins].into_iter().collect();
        let request = Request::of("/", &[b"Bearer a", b"Bearer b"]);
        assert_eq!(token(&request, quirks, Switch(None)), Ok(Some("a".to_owned())));
        assert_eq!(overlooked(&request, Switch(None)), None);
    }

    #[test]
    fn two_methods_are_one_too_many() {
        let request = Request::of("/?access_token=q", &[b"Bearer h"]);
        assert_eq!(found(&request, None), Err(Refusal::InvalidRequest));
        assert_eq!(found(&request, Some(Defect::QueryOverrulesHeader)), Ok(Some("q".to_owned())));
        let request = Request::of("/?access_token=q", &[]);
        assert_eq!(found(&request, Some(Defect::QueryOverrulesHeader)), Ok(None));
    }
}
