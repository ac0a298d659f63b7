//! The one redactor of all snapshots: no time, port, key, signature or path of
//! a machine gets into one.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

/// A pattern and what stands in its place.
type Rule = (Regex, &'static str);

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    [
        (r"eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.?[A-Za-z0-9_-]*", "[token]"),
        (r"(127\.0\.0\.1|localhost|\[::1\]):\d+", "$1:[port]"),
        (r"\b\d+(\.\d+)? (ms|s)\b", "[time]"),
        (r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT", "[date]"),
        (r"sha256:[0-9a-f]{8}\b", "sha256:[hash]"),
        (r#"time="\d+\.\d+""#, r#"time="[time]""#),
        (r#""duration_ms": [0-9.e-]+"#, r#""duration_ms": "[time]""#),
        (r"badpenny \d+\.\d+\.\d+\S*", "badpenny [version]"),
        (r#""version": "\d+\.\d+\.\d+\S*""#, r#""version": "[version]""#),
        (r#"AT\.[A-Za-z0-9_-]{43}"#, "AT.[jti]"),
        (r#"ID\.[A-Za-z0-9_-]{43}"#, "ID.[jti]"),
        (r"\b1[789]\d{8}\b", "[seconds]"),
        (r"(# catalogue|catalogue) [0-9a-f]{8}", "$1 [revision]"),
        (r#""revision": "[0-9a-f]{8}""#, r#""revision": "[revision]""#),
        (r"(/[A-Za-z0-9_.-]+)+/target/(debug|release)/", "[bin]/"),
        (r"(/[A-Za-z0-9_.-]+)+/node_modules/", "[node_modules]/"),
        (r"(/[A-Za-z0-9_.-]+)+/tests/targets/", "[targets]/"),
        // Last: the checkout itself may lie in /tmp.
        (r"/tmp/[^\s'\x22:,)]*", "[tmp]"),
    ]
    .into_iter()
    .filter_map(|(pattern, with)| Some((Regex::new(pattern).ok()?, with)))
    .collect()
});

/// The text without what differs from run to run.
#[must_use]
pub fn text(text: &str) -> String {
    let redacted =
        RULES.iter().fold(Cow::Borrowed(text), |text, (pattern, with)| match pattern.replace_all(&text, *with) {
            Cow::Borrowed(_) => text,
            Cow::Owned(changed) => Cow::Owned(changed),
        });
    redacted.into_owned()
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn every_rule_compiles() {
        assert_eq!(super::RULES.len(), 18);
    }

    #[test]
    fn what_differs_from_run_to_run_is_taken_out() {
        let before = "badpenny 0.1.0 http://127.0.0.1:4711/ 9 ms 1.9 s exp 1800000000 [/tmp/x/y] eyJh.eyJi.sig";
        assert_eq!(
            text(before),
            "badpenny [version] http://127.0.0.1:[port]/ [time] [time] exp [seconds] [[tmp] [token]"
        );
    }
}
