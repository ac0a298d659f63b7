//! What a report may show of settings that its user gave.

/// Parts of names whose values are nobody else's business.
const SECRET_NAMES: [&str; 16] = [
    "auth",
    "bearer",
    "cookie",
    "credential",
    "csrf",
    "jwt",
    "key",
    "pass",
    "private",
    "pwd",
    "secret",
    "session",
    "sid",
    "signature",
    "token",
    "xsrf",
];
/// A run of so many letters and digits mixed was made by a machine.
const RANDOM_RUN: usize = 16;

/// Whether a header line, or a variable, may hold a secret: by its name, or
/// since its value looks as if nobody had chosen it.
#[must_use]
pub(crate) fn may_be_secret(name: &str, value: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let holds_password = value.contains("://") && value.contains('@');
    SECRET_NAMES.iter().any(|part| name.contains(part)) || holds_password || looks_random(value)
}

/// Whether a body, of JSON or a form, may hold a secret.
#[must_use]
pub(crate) fn body_may_hold_secret(body: &str) -> bool {
    let bare = |text: &str| text.trim().trim_matches('"').to_owned();
    body.split(['{', '}', '[', ']', ',', '&', '\n']).any(|member| {
        let (name, value) = member.split_once([':', '=']).unwrap_or(("", member));
        may_be_secret(&bare(name), &bare(value))
    })
}

/// The variable that stands for such a body.
pub(crate) const BODY_VARIABLE: &str = "BODY";

fn looks_random(value: &str) -> bool {
    let is_of_run = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '_' | '-');
    value.split(|c: char| !is_of_run(c)).any(|run| {
        let (letters, digits) = (run.bytes().any(|b| b.is_ascii_alphabetic()), run.bytes().any(|b| b.is_ascii_digit()));
        run.len() >= RANDOM_RUN && letters && digits
    })
}

/// The name of the variable that stands for a secret: `X-Api-Key` is `X_API_KEY`.
#[must_use]
pub(crate) fn variable_for(name: &str) -> String {
    let upper = name.to_ascii_uppercase();
    let name: String = upper.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("_{name}") } else { name }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("X-Tenant", "acme", false)]
    #[case("Accept", "application/vnd.acme.v2+json", false)]
    #[case("Content-Type", "application/json; charset=utf-8", false)]
    #[case("Accept-Language", "de-CH,de;q=0.9", false)]
    #[case("X-Requested-With", "XMLHttpRequest", false)]
    #[case("X-Api-Key", "a", true)]
    #[case("Cookie", "a=b", true)]
    #[case("DATABASE_URL", "postgres://me:hush@db/x", true)]
    #[case("X-Id", "9f86d081884c7d659a2feaa0c55ad015", true)]
    fn a_secret_is_told_by_its_name_or_its_looks(#[case] name: &str, #[case] value: &str, #[case] secret: bool) {
        assert_eq!(may_be_secret(name, value), secret);
    }

    #[rstest]
    #[case(r#"{"query":"{ me { id name } }"}"#, false)]
    #[case("page=2&sort=name", false)]
    #[case("hello", false)]
    #[case(r#"{"user": "me", "password": "hush"}"#, true)]
    #[case("grant=x&client_secret=hush", true)]
    #[case("9f86d081884c7d659a2feaa0c55ad015", true)]
    fn a_secret_in_a_body_is_told_by_the_same_signs(#[case] body: &str, #[case] secret: bool) {
        assert_eq!(body_may_hold_secret(body), secret);
    }

    #[test]
    fn a_variable_has_a_name_that_a_shell_takes() {
        assert_eq!([variable_for("X-Api-Key"), variable_for("2fa")], ["X_API_KEY", "_2FA"]);
    }
}
