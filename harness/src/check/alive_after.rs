use super::CheckOutcome;

/// The control, sent again after a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// The scenario's id.
    pub after: String,
    /// What was wrong, if the control did not get through.
    pub fault: Option<String>,
    /// The line that tells of the target's death, if it died.
    pub death: Option<String>,
    /// Whether the control was accepted again right after, and refused once more.
    pub intermittent: bool,
}

/// The control is accepted after every scenario.
#[must_use]
pub fn alive_after(probes: &[Probe]) -> CheckOutcome {
    let examples: Vec<(String, String)> =
        probes.iter().filter_map(|probe| probe.fault.clone().map(|fault| (probe.after.clone(), fault))).collect();
    match (probes.len(), examples.is_empty()) {
        (0, _) => CheckOutcome::NothingToJudge,
        (judged, true) => CheckOutcome::Sound { judged },
        (judged, false) => CheckOutcome::Failed { judged, failed: examples.len(), examples },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_refused_control_fails_the_check_and_names_the_scenario() {
        let probes = [
            Probe { after: "a/b".into(), fault: None, death: None, intermittent: false },
            Probe { after: "c/d".into(), fault: Some("refused (401)".into()), death: None, intermittent: false },
        ];
        let outcome = alive_after(&probes);
        let examples = vec![("c/d".into(), "refused (401)".into())];
        assert_eq!(outcome, CheckOutcome::Failed { judged: 2, failed: 1, examples });
    }
}
