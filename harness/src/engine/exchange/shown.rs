//! An exchange as a person reads it: whole, a line each, and without secrets.

use super::wire::Prepared;
use crate::engine::settings::RunSettings;
use crate::http::{Answer, Body, Failure, Header, Redactor, Request};
use crate::printable::printable;
use crate::secrecy::may_be_secret;

/// How much of a body is shown, in characters.
const BODY: usize = 4000;

/// The lines of the request, each behind `>`, and of what came, each behind `<`.
/// `settings` tell what the user added to it.
pub(super) fn shown(prepared: &Prepared, sent: &Result<Answer, Failure>, settings: &RunSettings) -> Vec<String> {
    let redactor = Redactor::new([prepared.minted.token.expose()]);
    let request = request_lines(&redactor.request(&prepared.request), settings);
    let came = match sent {
        Ok(answer) => answer_lines(&redactor.answer(answer.clone())),
        Err(failure) => failure_lines(&redactor.failure(failure.clone())),
    };
    let request = request.iter().map(|line| format!("> {line}"));
    let came = came.iter().map(|line| format!("< {line}"));
    request.chain(came).map(|line| line.trim_end().to_owned()).collect()
}

fn request_lines(request: &Request, settings: &RunSettings) -> Vec<String> {
    let text = |bytes: &[u8]| printable(&String::from_utf8_lossy(bytes));
    let mut lines = vec![format!("{} {} HTTP/1.1", text(&request.method), text(&request.target))];
    lines.extend(request.headers.iter().map(|line| {
        let is_secret = settings.headers.contains(line) && may_be_secret(&line.name_text(), &line.value_text());
        header_line(line, is_secret)
    }));
    lines.push(String::new());
    match settings.secret_body() {
        Some(body) if body == request.body => lines.push(format!("[{} bytes]", body.len())),
        _ => lines.extend(text_lines(&String::from_utf8_lossy(&request.body))),
    }
    lines
}

fn answer_lines(answer: &Answer) -> Vec<String> {
    let mut lines: Vec<String> = answer.interim.iter().map(|status| format!("HTTP/1.1 {status}")).collect();
    let reason = String::from_utf8_lossy(&answer.reason);
    lines.push(printable(&format!("HTTP/1.{} {} {reason}", answer.minor_version, answer.status)));
    lines.extend(answer.headers.iter().map(|line| header_line(line, line.is("Set-Cookie"))));
    lines.push(String::new());
    lines.extend(body_lines(&answer.body));
    lines.extend(answer.trailers.iter().map(|line| header_line(line, false)));
    lines
}

fn failure_lines(failure: &Failure) -> Vec<String> {
    let mut lines = failure.partial.as_ref().map(|partial| answer_lines(partial)).unwrap_or_default();
    lines.push(printable(&format!("({failure})")));
    lines
}

fn header_line(line: &Header, hidden: bool) -> String {
    let value = if hidden { format!("[{} bytes]", line.value.len()) } else { line.value_text().into_owned() };
    printable(&format!("{}: {value}", line.name_text()))
}

fn body_lines(body: &Body) -> Vec<String> {
    if let Some(why) = body.unreadable() {
        return vec![format!("({why}: {} bytes)", body.length())];
    }
    let mut lines = text_lines(&body.text());
    if body.text().chars().count() > BODY {
        lines.push(format!("(and more: {} bytes came)", body.length()));
    }
    lines
}

fn text_lines(text: &str) -> Vec<String> {
    let start: String = text.chars().take(BODY).collect();
    start.lines().map(printable).collect()
}

#[cfg(test)]
mod tests {
    use mock_idp::forge::Token;

    use super::*;
    use crate::engine::minter::Minted;

    const TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIiwiYiI6MX0.c2lnbmF0dXJlLW9mLXRoaXM";

    #[test]
    fn an_exchange_is_told_whole_and_holds_no_secret() {
        let given = [Header::new("X-Key", "hush-hush"), Header::new("X-Tenant", "acme")];
        let settings = RunSettings { headers: given.to_vec(), ..RunSettings::default() };
        let mut request = Request::new("POST", "/me").bearer(TOKEN);
        request.headers.extend(given.clone());
        let minted = Minted {
            token: Token::new(TOKEN.as_bytes().to_vec()),
            header: String::new(),
            payload: String::new(),
            may_cause_fetch: false,
            changes: Vec::new(),
        };
        let prepared = Prepared { request: request.content("a=b"), minted };
        let mut answer = Answer::new(401)
            .with_header("WWW-Authenticate", "Bearer realm=\"x\"")
            .with_header("Set-Cookie", "session=hush")
            .with_body(format!("bad token {TOKEN}\n\u{1b}[31mred"));
        answer.reason = b"Unauthorized".to_vec();
        let text = shown(&prepared, &Ok(answer), &settings).join("\n");
        assert!(!text.contains("eyJ") && !text.contains("hush"), "{text}");
        for line in [
            "> POST /me HTTP/1.1",
            "> X-Key: [9 bytes]",
            "> X-Tenant: acme",
            "> a=b",
            "< HTTP/1.1 401 Unauthorized",
            "< WWW-Authenticate: Bearer realm=\"x\"",
            "< Set-Cookie: [12 bytes]",
            "< \\u{1b}[31mred",
        ] {
            assert!(text.lines().any(|shown| shown == line), "no {line} in\n{text}");
        }
    }
}
