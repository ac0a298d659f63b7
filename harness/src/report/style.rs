use crate::scenario::Tier;
use crate::verdict::VerdictKind;

/// How a terminal report looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Style {
    /// Colours (ANSI), off under `NO_COLOR` and where the output is no terminal.
    pub colour: bool,
    /// Every variant in place of the first few.
    pub all: bool,
}

impl Style {
    pub(super) fn bold(self, text: &str) -> String {
        self.paint("1", text)
    }

    pub(super) fn dim(self, text: &str) -> String {
        self.paint("2", text)
    }

    pub(super) fn kind(self, kind: VerdictKind, text: &str) -> String {
        let code = match kind {
            VerdictKind::Vulnerable | VerdictKind::Error => "1;31",
            VerdictKind::Broken => "1;35",
            VerdictKind::Deviates => "1;33",
            VerdictKind::Inconclusive => "1;36",
            VerdictKind::Note => "1;34",
            VerdictKind::Pass => "1;32",
            VerdictKind::Skipped => "2",
        };
        self.paint(code, text)
    }

    pub(super) fn tier(self, tier: Tier) -> String {
        let code = if tier >= Tier::High { "31" } else { "2" };
        self.paint(code, &tier.to_string())
    }

    fn paint(self, code: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}
