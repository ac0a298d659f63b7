use super::scanner::Scanner;
use super::{AuthParam, Challenge, ChallengeError, Challenges, Credentials};

/// Parses the lines of one field as one list.
pub(super) fn parse_lines<'a>(lines: impl IntoIterator<Item = &'a [u8]>) -> Challenges {
    let mut found = Challenges::default();
    for (index, line) in lines.into_iter().enumerate() {
        if let Err(error) = parse_line(Scanner::new(line, index), &mut found.list) {
            found.errors.push(error);
        }
    }
    found
}

fn parse_line(mut scan: Scanner<'_>, list: &mut Vec<Challenge>) -> Result<(), ChallengeError> {
    loop {
        scan.skip_separators();
        if scan.at_end() {
            return Ok(());
        }
        parse_element(&mut scan, list)?;
        scan.skip_blanks();
        if !scan.at_element_end() {
            return Err(scan.expected("a comma or the end"));
        }
    }
}

/// An element of the list is a parameter of the challenge before it where a `=`
/// follows its first token, else it begins another challenge.
fn parse_element(scan: &mut Scanner<'_>, list: &mut Vec<Challenge>) -> Result<(), ChallengeError> {
    let start = *scan;
    let Some(word) = scan.token() else {
        return Err(scan.expected("an auth-scheme or a parameter"));
    };
    let mut ahead = *scan;
    ahead.skip_blanks();
    if ahead.peek() != Some(b'=') {
        list.push(parse_challenge(scan, word)?);
        return Ok(());
    }
    let Some(challenge) = list.last_mut() else {
        return Err(start.expected("an auth-scheme before the first parameter"));
    };
    let Some(params) = params_of(challenge) else {
        return Err(start.expected("an auth-scheme, as no parameter may follow a token68"));
    };
    params.push(parse_value(scan, word)?);
    Ok(())
}

/// What follows a scheme within its own list element.
fn parse_challenge(scan: &mut Scanner<'_>, scheme: String) -> Result<Challenge, ChallengeError> {
    let spaced = scan.take(b' ');
    scan.skip_blanks();
    let credentials = if scan.at_element_end() {
        Credentials::None
    } else if !spaced {
        return Err(scan.expected("a space after the auth-scheme"));
    } else if let Some(token) = scan.token68() {
        Credentials::Token68(token)
    } else if let Some(name) = scan.token() {
        Credentials::Params(vec![parse_value(scan, name)?])
    } else {
        return Err(scan.expected("a parameter or a token68"));
    };
    Ok(Challenge { scheme, credentials })
}

/// `BWS "=" BWS ( token / quoted-string )`
fn parse_value(scan: &mut Scanner<'_>, name: String) -> Result<AuthParam, ChallengeError> {
    scan.skip_blanks();
    if !scan.take(b'=') {
        return Err(scan.expected("`=` after the parameter's name"));
    }
    scan.skip_blanks();
    let quoted = scan.peek() == Some(b'"');
    let value = match quoted {
        true => scan.quoted_string()?,
        false => scan.token().map(String::into_bytes).ok_or_else(|| scan.expected("a token or a quoted string"))?,
    };
    Ok(AuthParam { name, value, quoted })
}

/// The place for another parameter, which none is after a token68.
fn params_of(challenge: &mut Challenge) -> Option<&mut Vec<AuthParam>> {
    if challenge.credentials == Credentials::None {
        challenge.credentials = Credentials::Params(Vec::new());
    }
    match &mut challenge.credentials {
        Credentials::Params(params) => Some(params),
        Credentials::None | Credentials::Token68(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// The challenges in a form that fits a line: `scheme(name=value ...)`,
    /// `scheme{token68}`, quoted values in quotes.
    fn shown(lines: &[&str]) -> String {
        let found = parse_lines(lines.iter().map(|line| line.as_bytes()));
        let mut shown: Vec<String> = found.list.iter().map(show).collect();
        shown.extend(found.errors.iter().map(ToString::to_string));
        shown.join(" ")
    }

    fn show(challenge: &Challenge) -> String {
        let scheme = &challenge.scheme;
        match &challenge.credentials {
            Credentials::None => scheme.clone(),
            Credentials::Token68(token) => format!("{scheme}{{{token}}}"),
            Credentials::Params(params) => {
                let params: Vec<String> = params.iter().map(show_param).collect();
                format!("{scheme}({})", params.join(" "))
            }
        }
    }

    fn show_param(param: &AuthParam) -> String {
        let value = String::from_utf8_lossy(&param.value);
        match param.quoted {
            true => format!("{}={value:?}", param.name),
            false => format!("{}={value}", param.name),
        }
    }

    #[rstest]
    #[case("", "")]
    #[case(" , ,, ", "")]
    #[case("Bearer", "Bearer")]
    #[case("Bearer ", "Bearer")]
    #[case("Bearer,", "Bearer")]
    #[case(r#"Bearer realm="a""#, r#"Bearer(realm="a")"#)]
    #[case("bEARER   realm=a", "bEARER(realm=a)")]
    #[case("Bearer \trealm \t=\t a", "Bearer(realm=a)")]
    #[case(r#"Bearer realm="", error="x,y=z""#, r#"Bearer(realm="" error="x,y=z")"#)]
    #[case(r#"Bearer a="q\"\\\,""#, r#"Bearer(a="q\"\\,")"#)]
    #[case("Bearer a=1,,b=2 , ,c=3,", "Bearer(a=1 b=2 c=3)")]
    #[case("Bearer , a=1", "Bearer(a=1)")]
    #[case("Negotiate YWJj==", "Negotiate{YWJj==}")]
    #[case("Negotiate a+/~-._==, Basic", "Negotiate{a+/~-._==} Basic")]
    #[case("Basic abc", "Basic{abc}")]
    #[case(
        r#"Basic realm="a", Bearer, DPoP algs="RS256 ES256""#,
        r#"Basic(realm="a") Bearer DPoP(algs="RS256 ES256")"#
    )]
    #[case("A a=1, B b=2, c=3, C", "A(a=1) B(b=2 c=3) C")]
    #[case("Bearer a=1, a=2", "Bearer(a=1 a=2)")]
    fn what_follows_the_grammar_is_read(#[case] line: &str, #[case] expected: &str) {
        assert_eq!(shown(&[line]), expected);
    }

    #[rstest]
    #[case("Bearer realm", "byte 7", "ok")]
    #[case("realm=\"a\"", "byte 0: expected an auth-scheme before the first parameter, found `r`", "")]
    #[case("Bearer realm=\"a", "byte 15: expected a closing quote, found the end of the line", "")]
    #[case("Bearer realm=\"a\\", "byte 16: expected a character after the backslash, found the end", "")]
    #[case("Bearer a=\"x\ny\"", "byte 11: expected a closing quote, found `\\n`", "")]
    #[case("Bearer a=\"x\" b=\"y\"", "byte 13: expected a comma or the end, found `b`", "")]
    #[case("Bearer a b=c", "byte 9: expected `=` after the parameter's name, found `b`", "")]
    #[case("Bearer a=b c", "byte 11: expected a comma or the end, found `c`", "")]
    #[case("Bearer a=b=c", "byte 10: expected a comma or the end, found `=`", "")]
    #[case("Bearer a=\u{e9}", "byte 9: expected a token or a quoted string, found `\\xc3`", "")]
    #[case("Bearer\trealm=a", "byte 7: expected a space after the auth-scheme, found `r`", "")]
    #[case("Bearer: realm=a", "byte 6: expected a space after the auth-scheme, found `:`", "")]
    #[case("Bearer abc=, d=e", "byte 13: expected an auth-scheme, as no parameter may follow a token68", "")]
    #[case("Bearer \"x\"", "byte 7: expected a parameter or a token68, found `\"`", "")]
    #[case("<x>", "byte 0: expected an auth-scheme or a parameter, found `<`", "")]
    fn an_error_tells_its_place_and_what_was_expected(#[case] line: &str, #[case] part: &str, #[case] note: &str) {
        let shown = shown(&[line]);
        if note == "ok" {
            assert_eq!(shown, "Bearer{realm}", "a lone word is a token68");
        } else {
            assert!(shown.contains(part), "{shown}");
        }
    }

    #[test]
    fn several_lines_are_one_list() {
        let lines = [r#"Basic realm="a""#, r#"Bearer realm="b""#, r#"error="c""#];
        assert_eq!(shown(&lines), r#"Basic(realm="a") Bearer(realm="b" error="c")"#);
    }

    #[test]
    fn an_error_in_one_line_leaves_the_others_readable() {
        let shown = shown(&["Basic realm=", "Bearer realm=b"]);
        assert!(shown.starts_with("Basic{realm=} Bearer(realm=b)"), "{shown}");
        let found = parse_lines([b"Basic a=1, =".as_slice(), b"Bearer"]);
        assert_eq!((found.list.len(), found.errors.len()), (2, 1));
        assert_eq!((found.errors[0].line, found.errors[0].at), (0, 11));
    }

    #[test]
    fn any_bytes_are_read_without_panic() {
        for first in 0..=255 {
            for second in 0..=255 {
                let line = [b'B', b' ', first, second, b'=', b'"', second, first];
                let found = parse_lines([&line[..], &line[2..], &line[4..]]);
                assert!(found.errors.len() <= 3);
            }
        }
    }

    #[test]
    fn lookups_ignore_case_and_find_duplicates() {
        let line = br#"BEARER Realm="a", ERROR=b, realm=c, error=d, Error=e"#;
        let found = parse_lines([line.as_slice()]);
        let challenge = found.of_scheme("Bearer").next().unwrap();
        assert_eq!(challenge.text("rEALM").as_deref(), Some("a"));
        assert_eq!(challenge.duplicates(), ["realm", "error"]);
        assert!(challenge.param("scope").is_none());
    }
}
