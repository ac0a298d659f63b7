//! What a redirection URI may be (RFC 6749, section 3.1.2).

/// An absolute URI without a fragment that fits into a header field.
pub(super) fn is_absolute(uri: &str) -> bool {
    let Some((scheme, rest)) = uri.split_once(':') else { return false };
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    let is_script = ["javascript", "data", "vbscript"].iter().any(|script| scheme.eq_ignore_ascii_case(script));
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'#' | b'"' | b'<' | b'>' | b'\\');
    is_scheme && !is_script && !rest.is_empty() && rest.bytes().all(is_plain)
}

/// A URL of this machine, whatever its port (RFC 8252, section 7.3).
pub(super) fn is_loopback(uri: &str) -> bool {
    let Some(rest) = uri.strip_prefix("http://").or_else(|| uri.strip_prefix("https://")) else { return false };
    let authority = &rest[..rest.find(['/', '?']).unwrap_or(rest.len())];
    let port = ["localhost", "127.0.0.1", "[::1]"].iter().find_map(|host| authority.strip_prefix(host));
    let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.parse::<u16>().is_ok();
    let is_port = |port: &str| port.strip_prefix(':').is_some_and(is_number);
    is_absolute(uri) && port.is_some_and(|port| port.is_empty() || is_port(port))
}

/// Whether a URI is of that origin (RFC 6454, section 6.2), which a browser names without
/// a path.
pub(super) fn is_of_origin(uri: &str, origin: &str) -> bool {
    uri.strip_prefix(origin).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
}

/// An origin as a browser names it: scheme, host, and a port that is not the scheme's own.
pub(super) fn is_origin(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let is_plain = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'_' | b':' | b'[' | b']')
    };
    host.is_some_and(|host| !host.is_empty() && host.bytes().all(is_plain))
}

/// What a Content-Security-Policy calls the place of a URI: its origin, or its scheme
/// where it has none that such a policy can name (CSP Level 3, section 2.3.1).
pub(crate) fn origin_of(uri: &str) -> String {
    let scheme = uri.split(':').next().unwrap_or_default();
    let authority = uri.split_once("://").map(|(_, rest)| &rest[..rest.find(['/', '?']).unwrap_or(rest.len())]);
    let is_named = |authority: &&str| {
        !authority.is_empty() && authority.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:".contains(&byte))
    };
    match authority.filter(is_named).filter(|_| scheme.starts_with("http")) {
        Some(authority) => format!("{scheme}://{authority}"),
        None => format!("{scheme}:"),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("http://localhost", true)]
    #[case("http://localhost:3000/cb?a=b", true)]
    #[case("https://127.0.0.1:8443/", true)]
    #[case("http://[::1]:1/cb", true)]
    #[case("http://localhost.example/cb", false)]
    #[case("http://localhost:3000@example/cb", false)]
    #[case("http://localhost:/cb", false)]
    #[case("http://localhost:+1/cb", false)]
    #[case("http://localhost:70000/cb", false)]
    #[case("http://localhost/#x", false)]
    #[case("http://localhost\\@example/", false)]
    #[case("http://localhost/a b", false)]
    #[case("ftp://localhost/", false)]
    fn only_this_machine_is_loopback(#[case] uri: &str, #[case] expected: bool) {
        assert_eq!(is_loopback(uri), expected);
    }

    #[rstest]
    #[case("com.example.app:/cb", true)]
    #[case("https://app.example/cb", true)]
    #[case("/cb", false)]
    #[case("javascript:alert(1)", false)]
    #[case("https://app.example/cb#x", false)]
    #[case("https://app.example/\r\nX: y", false)]
    fn a_redirection_uri_is_absolute(#[case] uri: &str, #[case] expected: bool) {
        assert_eq!(is_absolute(uri), expected);
    }

    #[rstest]
    #[case("http://localhost:3000/cb", "http://localhost:3000", true)]
    #[case("http://localhost:3000", "http://localhost:3000", true)]
    #[case("http://localhost:3000/cb", "http://localhost", false)]
    #[case("http://localhost:3000/cb", "http://localhost:300", false)]
    #[case("https://app.example/cb", "http://app.example", false)]
    fn a_uri_has_one_origin(#[case] uri: &str, #[case] origin: &str, #[case] expected: bool) {
        assert_eq!(is_of_origin(uri, origin), expected);
    }

    #[rstest]
    #[case("http://localhost:3000", true)]
    #[case("https://[::1]:8443", true)]
    #[case("https://app.example/", false)]
    #[case("https://App.example", false)]
    #[case("app.example", false)]
    #[case("*", false)]
    #[case("https://", false)]
    fn an_origin_is_what_a_browser_sends(#[case] text: &str, #[case] expected: bool) {
        assert_eq!(is_origin(text), expected);
    }

    #[rstest]
    #[case("http://localhost:3000/cb", "http://localhost:3000")]
    #[case("http://[::1]:3000/cb", "http:")]
    #[case("com.example.app:/cb", "com.example.app:")]
    #[case("https://a;b/cb", "https:")]
    fn a_policy_names_the_origin_or_the_scheme(#[case] uri: &str, #[case] expected: &str) {
        assert_eq!(origin_of(uri), expected);
    }
}
