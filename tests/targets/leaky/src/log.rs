//! What goes to standard error. A sound server logs nothing about a token (RFC 6750 5.1).

use crate::defect::{Defect, Switch};
use crate::token::JoseHeader;

/// Tells the outcome as a defect does: with too much in it.
pub(crate) fn outcome(token: &str, is_good: bool, defect: Switch) {
    if let Some(line) = line(token, is_good, defect) {
        write(&line);
    }
}

fn line(token: &str, is_good: bool, defect: Switch) -> Option<String> {
    match defect.0? {
        Defect::LogsTokens => Some(format!("good={is_good} token={token}")),
        Defect::LogsKidAsItIs => {
            let header = JoseHeader::read(token.split('.').next()?, defect)?;
            header.kid().map(|kid| format!("good={is_good} kid={kid}"))
        }
        _ => None,
    }
}

#[expect(clippy::print_stderr, reason = "the log is what some defects are about")]
fn write(line: &str) {
    eprintln!("leaky: {line}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::encode;

    #[test]
    fn each_defect_logs_what_it_should_not() {
        let token = format!("{}.p.s", encode("{\"kid\":\"a\\r\\nb\"}"));
        let logged = |defect| line(&token, false, Switch(defect));
        assert_eq!(logged(None), None);
        assert!(logged(Some(Defect::LogsTokens)).is_some_and(|line| line.contains(&token)));
        assert_eq!(logged(Some(Defect::LogsKidAsItIs)).as_deref(), Some("good=false kid=a\r\nb"));
    }
}
