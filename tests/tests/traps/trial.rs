//! One leaky server, some scenarios, and what the harness says.

use std::sync::Arc;
use std::time::Duration;

use badpenny::engine::{Diagnosis, Run, RunError, RunReport, RunSettings};
use badpenny::event::{CaseResult, Event};
use badpenny::http::{Client, ClientSettings};
use badpenny::issuer::{Issuer, IssuerSettings, IssuerView};
use badpenny::scenario::{Catalogue, Plan};
use badpenny::target::{InProcess, Served, Serving, Target};
use badpenny::verdict::{Strictness, VerdictKind};
use leaky::{Defect, Leaky, Quirk, Settings};
use mock_idp::random::Random;

/// All scenarios, graded as the strictest profiles together do.
pub(crate) const EVERYTHING: &str = "everything";

/// What is tried. A server without a defect or a quirk is sound, and plain.
pub(crate) struct Trial {
    profile: &'static str,
    selectors: Vec<&'static str>,
    defect: Option<Defect>,
    env: Vec<(&'static str, String)>,
    declared: Vec<&'static str>,
    leeway: Duration,
    refresh: Duration,
    issuer_suffix: &'static str,
}

impl Trial {
    pub(crate) fn of(profile: &'static str, selectors: &[&'static str]) -> Self {
        Self {
            profile,
            selectors: selectors.to_vec(),
            defect: None,
            env: vec![("LEAKY_COOLDOWN_MS", "300".to_owned())],
            declared: vec!["identity=/sub"],
            leeway: Duration::from_secs(6),
            refresh: Duration::from_secs(3),
            issuer_suffix: "",
        }
    }

    pub(crate) fn defect(mut self, defect: Defect) -> Self {
        let own = defect.env().iter().map(|(name, value)| (name.as_str(), value.clone()));
        self.env.extend(own);
        self.defect = Some(defect);
        self
    }

    pub(crate) fn quirk(self, quirk: Quirk) -> Self {
        self.env("LEAKY_QUIRKS", quirk.name())
    }

    /// The last value of a name counts.
    pub(crate) fn env(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.env.push((name, value.into()));
        self
    }

    pub(crate) fn declared(mut self, text: &'static str) -> Self {
        self.declared.push(text);
        self
    }

    pub(crate) fn leeway(mut self, seconds: u64) -> Self {
        self.leeway = Duration::from_secs(seconds);
        self
    }

    pub(crate) fn refresh(mut self, seconds: u64) -> Self {
        self.refresh = Duration::from_secs(seconds);
        self
    }

    /// What the server's issuer has at its end that the tokens' has not.
    pub(crate) fn issuer_suffix(mut self, suffix: &'static str) -> Self {
        self.issuer_suffix = suffix;
        self
    }

    /// The rows, with something judged in each.
    pub(crate) async fn rows(self) -> Rows {
        Rows(self.run().await.unwrap())
    }

    /// What is said where the control does not get through.
    pub(crate) async fn diagnosis(self) -> Diagnosis {
        let issuer = issuer().await;
        let mut run = self.prepared(&issuer).await;
        let error = run.execute(&mut |_: &Event| {}).await.unwrap_err();
        let RunError::Control(error) = error else { panic!("{error}") };
        let diagnosis = run.diagnose(&error, &IssuerView::default()).await;
        run.target.stop().await;
        diagnosis
    }

    async fn run(self) -> Result<RunReport, RunError> {
        let issuer = issuer().await;
        let mut run = self.prepared(&issuer).await;
        let report = run.execute(&mut |_: &Event| {}).await;
        run.target.stop().await;
        report
    }

    async fn prepared(self, issuer: &Issuer) -> Run {
        let client = Arc::new(Client::new(ClientSettings::default()).unwrap());
        let settings = RunSettings {
            declared: self.declared.iter().map(|text| text.parse().unwrap()).collect(),
            slow: true,
            control_deadline: Duration::from_secs(3),
            ..RunSettings::default()
        };
        let (plan, target) = (self.plan(), self.served(issuer).await);
        Run::new(plan, target, "leaky", &issuer.minter(), client, settings, Random::from_system())
    }

    fn plan(&self) -> Plan {
        let catalogue = catalogue();
        let selectors: Vec<_> = self.selectors.iter().map(|text| text.parse().unwrap()).collect();
        let mut plan = Plan::new(&catalogue, self.profile, &selectors).unwrap();
        plan.cases.retain(|case| !case.variant.slow);
        plan.settings.leeway = self.leeway;
        plan.settings.refresh = self.refresh;
        plan.settings.refresh_due = self.refresh;
        plan
    }

    async fn served(self, issuer: &Issuer) -> Target {
        let url = issuer.minter().settings().issuer.clone();
        let client = leaky::http_client().unwrap();
        let serve = move |issuer: String| {
            let url = format!("{issuer}{}", self.issuer_suffix);
            let variable =
                |name: &str| self.env.iter().rfind(|(known, _)| *known == name).map(|(_, value)| value.clone());
            let server = Leaky::start(Settings::of(&url, client.clone(), &variable).unwrap(), self.defect);
            let served = server.map(|server| Served::new(format!("{}/", server.url()), server));
            Box::pin(async move { served.map_err(|error| error.to_string()) }) as Serving
        };
        Target::InProcess(InProcess::start(url, serve).await.unwrap())
    }
}

pub(crate) async fn issuer() -> Issuer {
    Issuer::start(&IssuerSettings { https: false, ..IssuerSettings::default() }).await.unwrap()
}

/// The embedded catalogue, with the profile of all its scenarios.
pub(crate) fn catalogue() -> Catalogue {
    let catalogue = Catalogue::embedded().unwrap();
    let ids: Vec<String> = catalogue.scenarios().iter().map(|scenario| format!("{:?}", scenario.id)).collect();
    let text = format!(
        "id = '{EVERYTHING}@0'\ntitle = 'all'\ninclude = ['rfc8725@1', 'okta@1', 'hardening@1']\nscenarios = [{}]\n",
        ids.join(",")
    );
    catalogue.with_profile("everything.toml", text).unwrap().0
}

/// What came of a trial.
pub(crate) struct Rows(RunReport);

impl Rows {
    /// The row of that name.
    #[track_caller]
    pub(crate) fn row(&self, name: &str) -> &CaseResult {
        self.0.results.iter().find(|row| row.name() == name).unwrap_or_else(|| panic!("no {name} in\n{self}"))
    }

    /// Nothing fails, not even under `--strict`, and everything was judged.
    #[track_caller]
    pub(crate) fn assert_no_blame(&self) {
        let is_fine = |row: &CaseResult| matches!(row.verdict, VerdictKind::Pass | VerdictKind::Note);
        assert!(!self.0.results.is_empty() && self.0.results.iter().all(is_fine), "{self}");
        let strict = Strictness { strict: true, ..Strictness::default() };
        assert!(!self.0.results.iter().any(|row| row.verdict().fails(strict)), "{self}");
    }

    /// Each of these rows, chosen by the beginning of its name, has this verdict.
    #[track_caller]
    pub(crate) fn assert_all(&self, beginning: &str, verdict: VerdictKind) {
        let mut rows = self.0.results.iter().filter(|row| row.name().starts_with(beginning)).peekable();
        assert!(rows.peek().is_some(), "no {beginning} in\n{self}");
        assert!(rows.all(|row| row.verdict == verdict), "{beginning} is not {verdict} throughout\n{self}");
    }

    /// Some row of this scenario has this verdict.
    #[track_caller]
    pub(crate) fn assert_found(&self, id: &str, verdict: VerdictKind) {
        assert!(self.0.results.iter().any(|row| row.id == id && row.verdict == verdict), "no {verdict} {id}\n{self}");
    }

    pub(crate) fn all(&self) -> &[CaseResult] {
        &self.0.results
    }

    /// What makes the run fail without `--strict`.
    pub(crate) fn fails(&self) -> bool {
        self.0.results.iter().any(|row| row.verdict().fails(Strictness::default()))
    }

    pub(crate) fn took(&self) -> Duration {
        Duration::from_secs_f64(self.0.finished.duration_ms / 1000.0)
    }
}

impl std::fmt::Display for Rows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for row in &self.0.results {
            writeln!(f, "{} {} ({}, {}): {}", row.verdict, row.name(), row.level, row.tier, row.reason)?;
        }
        Ok(())
    }
}
