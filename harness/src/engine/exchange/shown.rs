//! An exchange as a person reads it: whole, a line each, and without secrets.

use crate::engine::settings::RunSettings;
use crate::http::{Answer, Body, Failure, Header, Redactor, Request};
use crate::printable::printable;
use crate::secrecy::may_be_secret;

/// How much of a body is shown, in characters.
const BODY: usize = 4000;

/// The lines of the request, each behind `>`, and of what came, each behind `<`.
/// `redactor` knows the token, `settings` tell what the user added to the request.
pub(super) fn shown(
    request: &Request,
    sent: &Result<Answer, Failure>,
    redactor: &Redactor,
    settings: &RunSettings,
) -> Vec<String> {
    let request = request_lines(&redactor.request(request), settings);
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
        // A token in a body of the user's leaves what else is in it.
        Some(body) if body == request.body || settings.api.is_in_body() => {
            lines.push(format!("[{} bytes]", request.body.len()));
        }
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
    if answer.goes_on {
        lines.push("(the body stays open: no more was read)".to_owned());
    }
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
    use super::*;

    const TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIiwiYiI6MX0.c2lnbmF0dXJlLW9mLXRoaXM";

    #[test]
    fn an_exchange_is_told_whole_and_holds_no_secret() {
        let given = [Header::new("X-Key", "hush-hush"), Header::new("X-Tenant", "acme")];
        let settings = RunSettings { headers: given.to_vec(), ..RunSettings::default() };
        let mut request = Request::new("POST", "/me").bearer(TOKEN);
        request.headers.extend(given.clone());
        let request = request.content("a=b");
        let mut answer = Answer::new(401)
            .with_header("WWW-Authenticate", "Bearer realm=\"x\"")
            .with_header("Set-Cookie", "session=hush")
            .with_body(format!("bad token {TOKEN}\n\u{1b}[31mred"));
        answer.reason = b"Unauthorized".to_vec();
        let text = shown(&request, &Ok(answer), &Redactor::new([TOKEN]), &settings).join("\n");
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
