//! Badpenny from `cargo test`: hold a resource server of yours, in this process
//! or not, against a profile.
//!
//! ```no_run
//! # async fn your_server(issuer: &str) -> String { String::new() }
//! # #[tokio::main] async fn main() {
//! use badpenny::cargo_test::Conformance;
//!
//! let conformance = Conformance::start().await;
//! // Start your server with this issuer.
//! let url = your_server(&conformance.issuer()).await;
//! conformance.check(&url).await;
//! # }
//! ```
//!
//! A finding names the command that repeats its case in this test:
//! `BADPENNY_ONLY=time/expired@one-hour cargo test ...`. The variable takes the
//! place of [`Conformance::only`]; several cases are divided by spaces.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use mock_idp::MockIdp;
use mock_idp::dialect::Dialect;
use mock_idp::keys::SigningKey;
use mock_idp::random::Random;

use crate::engine::{ONLY_VARIABLE, ReplayHint, Run, RunError, RunReport, RunSettings};
use crate::event::Event;
use crate::excuse::{self, Accept, Date, Excuses, Within};
use crate::http::{Client, ClientSettings, Endpoint, Word};
use crate::issuer::{Issuer, IssuerSettings};
use crate::report::{Style, terminal};
use crate::scenario::{Capability, Catalogue, DEFAULT_PROFILE, Plan, Selection, Selector, Verification};
use crate::snapshot::{Drift, Held, SnapshotFile};
use crate::target::{InProcess, Served, Serving, Target};

/// An issuer of its own and a profile, waiting for a server's URL.
///
/// Every method panics with a readable message where something is wrong: it is
/// made for tests.
#[derive(Debug)]
#[must_use = "a dropped issuer signs no tokens"]
pub struct Conformance {
    issuer: Issuer,
    profile: String,
    selectors: Vec<Selector>,
    excluded: Vec<Selector>,
    accept_file: Option<PathBuf>,
    settings: RunSettings,
    refresh: Option<Duration>,
    leeway: Option<Duration>,
    snapshot: Option<PathBuf>,
    verification: Option<Verification>,
}

impl Conformance {
    /// Starts an issuer on a free port, with profile `okta`. Its identifier is an
    /// http one: a server that asks for https is given one by
    /// [`Conformance::start_with`], and the certificate by [`Conformance::ca_pem`].
    ///
    /// # Panics
    ///
    /// When no port can be had.
    pub async fn start() -> Self {
        Self::start_with(IssuerSettings { https: false, ..IssuerSettings::default() }).await
    }

    /// Starts an issuer with other settings, such as another audience or scope;
    /// with https, where these don't say otherwise.
    ///
    /// # Panics
    ///
    /// When no port can be had.
    pub async fn start_with(settings: IssuerSettings) -> Self {
        let issuer = match Issuer::start(&settings).await {
            Ok(issuer) => issuer,
            Err(error) => panic!("badpenny: {error}"),
        };
        Self {
            issuer,
            profile: DEFAULT_PROFILE.to_owned(),
            selectors: Vec::new(),
            excluded: Vec::new(),
            accept_file: None,
            settings: RunSettings::default(),
            refresh: None,
            leeway: None,
            snapshot: None,
            verification: None,
        }
    }

    /// The issuer identifier for the server's configuration.
    #[must_use]
    pub fn issuer(&self) -> String {
        self.issuer.minter().settings().issuer.clone()
    }

    /// The CA that the server must trust to reach the issuer over https.
    #[must_use]
    pub fn ca_pem(&self) -> String {
        self.issuer.ca_pem().unwrap_or_default()
    }

    /// What the issuer signs with, for a server that fetches no keys: what is public of
    /// it ([`SigningKey::public_form`]), or the secret that they share
    /// ([`SigningKey::expose_secret`]).
    ///
    /// ```no_run
    /// # #[tokio::main] async fn main() {
    /// use badpenny::cargo_test::Conformance;
    /// use badpenny::issuer::IssuerSettings;
    /// use badpenny::scenario::Verification;
    /// use mock_idp::keys::{Algorithm, PublicForm};
    ///
    /// let settings = IssuerSettings { algorithm: Some(Algorithm::Es256), ..IssuerSettings::default() };
    /// let conformance = Conformance::start_with(settings).await.verification(Verification::HandedKey);
    /// let pem = conformance.key().and_then(|key| key.public_form(PublicForm::SpkiPem));
    /// # }
    /// ```
    #[must_use]
    pub fn key(&self) -> Option<&SigningKey> {
        self.issuer.key()
    }

    /// How the server comes to what it verifies with. Defaults to the issuer's key set,
    /// or with an algorithm of HMAC to the secret that they share.
    pub fn verification(mut self, verification: Verification) -> Self {
        self.verification = Some(verification);
        self
    }

    /// The issuer itself, for its journal.
    #[must_use]
    pub fn mock_idp(&self) -> Option<&MockIdp> {
        self.issuer.mock_idp()
    }

    /// Another profile. Defaults to `okta`, as on the command line.
    pub fn profile(mut self, name: impl Into<String>) -> Self {
        self.profile = name.into();
        self
    }

    /// Only what this selector matches; repeatable.
    ///
    /// # Panics
    ///
    /// When the text is no selector.
    pub fn only(mut self, selector: &str) -> Self {
        self.selectors.push(parsed(selector));
        self
    }

    /// Not what this selector matches; repeatable.
    ///
    /// # Panics
    ///
    /// When the text is no selector.
    pub fn exclude(mut self, selector: &str) -> Self {
        self.excluded.push(parsed(selector));
        self
    }

    /// Accepts the findings that the `[[accept]]` entries of this file name: they
    /// do not fail the test. An entry that has expired, or that nothing was found
    /// of, does. `badpenny accept ID --file FILE` writes one.
    pub fn accept_file(mut self, file: impl Into<PathBuf>) -> Self {
        self.accept_file = Some(file.into());
        self
    }

    /// Deviations from recommendations fail as well.
    pub fn strict(mut self) -> Self {
        self.settings.strictness.strict = true;
        self
    }

    /// Other settings of the run, such as the method or more header lines. What
    /// [`Conformance::strict`] said before stays.
    pub fn settings(mut self, settings: RunSettings) -> Self {
        let strict = self.settings.strictness.strict;
        self.settings = settings;
        self.settings.strictness.strict |= strict;
        self
    }

    /// Within which time the server must see new keys of its issuer. Defaults to
    /// the profile's: a minute, which a server that fetches less often needs for
    /// each case about keys.
    pub fn refresh(mut self, within: Duration) -> Self {
        self.refresh = Some(within);
        self
    }

    /// The clock difference that the server may tolerate. Defaults to the
    /// profile's: five minutes.
    pub fn leeway(mut self, tolerated: Duration) -> Self {
        self.leeway = Some(tolerated);
        self
    }

    /// Compares the outcomes with this file; written where it is missing, or
    /// where `BADPENNY_UPDATE_SNAPSHOT` is set. New and gone rows fail under
    /// [`Conformance::strict`] only, and rows that [`Conformance::only`] leaves
    /// out stay as they are.
    pub fn snapshot(mut self, file: impl Into<PathBuf>) -> Self {
        self.snapshot = Some(file.into());
        self
    }

    /// Runs the profile against the protected route at `url`.
    ///
    /// # Panics
    ///
    /// With the findings, when there are any that fail; when the server does not
    /// accept the control; when the snapshot differs.
    pub async fn check(self, url: &str) -> RunReport {
        let target = at(url);
        self.held(target).await
    }

    /// Runs the profile and panics with what fails. The snapshot is made all the
    /// same, as on the command line.
    async fn held(self, target: Target) -> RunReport {
        let strictness = self.settings.strictness;
        let snapshot = self.snapshot.as_deref().map(snapshot_file);
        let (report, partial) = self.execute(target).await;
        let drift = snapshot.map(|file| (file.path().to_owned(), hold(&file, &report, partial)));
        if report.finished.exit != crate::exit::SUCCESS {
            let target = &report.started.target;
            panic!("badpenny: {target}\n\n{}", terminal(&report, strictness, Style::default()));
        }
        if let Some((file, drift)) = drift.filter(|(_, drift)| drift.fails(strictness.strict)) {
            let file = file.display();
            panic!("badpenny: the snapshot {file} differs; accept with BADPENNY_UPDATE_SNAPSHOT=1\n{drift}");
        }
        report
    }

    /// As [`Conformance::check`], for a server that can be started again and
    /// again: `start` gives the URL of the protected route and what keeps the
    /// server alive. Each case that depends on what the server knows of the
    /// issuer's keys gets a fresh one, so that more can be judged, and faster.
    ///
    /// ```no_run
    /// # async fn serve(issuer: String) -> (String, tokio::sync::oneshot::Sender<()>) { unimplemented!() }
    /// # async fn example() {
    /// use badpenny::cargo_test::Conformance;
    ///
    /// Conformance::start().await.profile("okta").check_fresh(serve).await;
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// As [`Conformance::check`].
    pub async fn check_fresh<S, F, G>(self, start: S) -> RunReport
    where
        S: FnMut(String) -> F + Send + 'static,
        F: Future<Output = (String, G)> + Send + 'static,
        G: Send + 'static,
    {
        let server = self.in_process(start).await;
        self.held(server).await
    }

    /// As [`Conformance::check_fresh`], but gives the verdicts back, whatever
    /// they are.
    ///
    /// # Panics
    ///
    /// As [`Conformance::report`].
    pub async fn report_fresh<S, F, G>(self, start: S) -> RunReport
    where
        S: FnMut(String) -> F + Send + 'static,
        F: Future<Output = (String, G)> + Send + 'static,
        G: Send + 'static,
    {
        let server = self.in_process(start).await;
        self.execute(server).await.0
    }

    /// As [`Conformance::check`], but gives the verdicts back, whatever they are.
    ///
    /// # Panics
    ///
    /// When the server does not accept the control, or the settings are wrong.
    pub async fn report(self, url: &str) -> RunReport {
        let target = at(url);
        self.execute(target).await.0
    }

    async fn in_process<S, F, G>(&self, mut start: S) -> Target
    where
        S: FnMut(String) -> F + Send + 'static,
        F: Future<Output = (String, G)> + Send + 'static,
        G: Send + 'static,
    {
        let serve = move |issuer: String| -> Serving {
            let serving = start(issuer);
            Box::pin(async move {
                let (url, guard) = serving.await;
                Ok(Served::new(url, guard))
            })
        };
        match InProcess::start(self.issuer(), serve).await {
            Ok(server) => Target::InProcess(server),
            Err(error) => panic!("badpenny: {error}"),
        }
    }

    /// The verdicts, and whether they are of a part of the profile.
    async fn execute(self, target: Target) -> (RunReport, bool) {
        let mut run = match self.run(target) {
            Ok(run) => run,
            Err(message) => panic!("badpenny: {message}"),
        };
        match run.execute(&mut |_: &Event| {}).await {
            Ok(report) => (report, run.plan.partial),
            Err(RunError::Control(error)) => {
                let view = self.issuer.view().await;
                let diagnosis = run.diagnose(&error, &view).await;
                let unreached = view.key_fetches == Some(0) && self.issuer().starts_with("https:");
                let advice = if unreached { CERTIFICATE } else { "" };
                panic!("badpenny: {error}; nothing was judged\n{diagnosis}{advice}");
            }
            Err(error) => panic!("badpenny: {error}"),
        }
    }

    fn run(&self, target: Target) -> Result<Run, String> {
        let catalogue = Catalogue::embedded().map_err(|error| error.to_string())?;
        let selectors = only_these().unwrap_or_else(|| self.selectors.clone());
        let selection = Selection { without: self.excluded.clone(), ..Selection::of(&selectors) };
        let plan = Plan::of_selection(&catalogue, &self.profile, &selection);
        let mut plan = plan.map_err(|error| error.to_string())?;
        plan.settings.wait_instead(self.leeway, self.refresh);
        // What the issuer was told to be like stands before the profile's.
        let own = self.issuer.minter().settings().dialect.clone();
        if own != Dialect::default() {
            plan.settings.dialect = own;
        }
        let name = target.endpoint().map_err(|error| error.to_string())?.to_string();
        let named = self.settings.declared.has(Capability::Identity);
        let streams = self.settings.api.success.streams(named);
        let client = Client::new(ClientSettings { rate: self.settings.rate, streams, ..ClientSettings::default() })
            .map_err(|error| error.to_string())?;
        let (minter, mut settings) = (self.issuer.minter(), self.settings.clone());
        settings.algorithm = self.issuer.algorithm();
        settings.verification = self.verification.unwrap_or(settings.verification).with(self.issuer.algorithm());
        if let Some(path) = &self.accept_file {
            settings.excuses = Excuses::new(accepts(path, &catalogue)?, &name, Date::today(&settings.clock));
        }
        if settings.replay.is_unsaid() {
            settings.replay = ReplayHint::of_test(this_test());
        }
        Ok(Run::new(plan, target, name, &minter, Arc::new(client), settings, Random::from_system()))
    }
}

/// Where nobody fetched from an https issuer.
const CERTIFICATE: &str = "\n  try    hand the issuer's certificate, `Conformance::ca_pem`, to your server; or start with an http \
                           issuer, `Conformance::start()`\n";

fn at(url: &str) -> Target {
    match url.parse::<Endpoint>() {
        Ok(endpoint) => Target::Url(endpoint),
        Err(error) => panic!("badpenny: {url}: {error}"),
    }
}

fn parsed(selector: &str) -> Selector {
    selector.parse().unwrap_or_else(|error| panic!("badpenny: {error}"))
}

/// The entries of a file; a mistake is told with its line.
fn accepts(path: &Path, catalogue: &Catalogue) -> Result<Vec<Accept>, String> {
    let file = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| format!("{file} cannot be read: {error}"))?;
    excuse::read(&file, &text, Within::AFileOfItsOwn, catalogue).map_err(|error| {
        let place = error.line_and_column(&text).map(|(line, column)| format!(":{line}:{column}"));
        format!("{file}{}: {error}", place.unwrap_or_default())
    })
}

fn snapshot_file(path: &Path) -> SnapshotFile {
    let update = std::env::var_os("BADPENNY_UPDATE_SNAPSHOT").is_some();
    SnapshotFile::read(path, update).unwrap_or_else(|error| panic!("badpenny: {error}"))
}

/// What differs and was not to be written.
fn hold(file: &SnapshotFile, report: &RunReport, partial: bool) -> Drift {
    match file.hold(report, partial) {
        Ok(Held::Compared(drift)) => drift,
        Ok(Held::Made | Held::Updated(_)) => Drift::default(),
        Err(error) => panic!("badpenny: {error}"),
    }
}

/// The cases that the environment asks for, in place of those of the test.
fn only_these() -> Option<Vec<Selector>> {
    let text = std::env::var(ONLY_VARIABLE).ok().filter(|text| !text.trim().is_empty())?;
    let selectors = text.split_whitespace().map(str::parse).collect::<Result<_, _>>();
    Some(selectors.unwrap_or_else(|error| panic!("badpenny: {ONLY_VARIABLE}: {error}")))
}

/// The arguments of `cargo test` that choose the test which runs here, as far as
/// they can be told: cargo says the package, the test harness names the thread.
fn this_test() -> String {
    let package = std::env::var("CARGO_PKG_NAME").ok().map(|name| format!("-p {}", Word::literal(name)));
    let thread = std::thread::current();
    let named = thread.name().filter(|name| !matches!(*name, "main") && !name.starts_with("tokio-"));
    let test = named.map(|name| format!("{} -- --exact", Word::literal(name)));
    package.into_iter().chain(test).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::{Demo, DemoSettings};
    use crate::verdict::Strictness;

    async fn check(file: &Path, change: impl FnOnce(Conformance) -> Conformance) -> RunReport {
        let conformance = Conformance::start().await;
        let demo = Demo::start(DemoSettings::new(conformance.issuer(), conformance.ca_pem())).await.unwrap();
        change(conformance.snapshot(file)).check(demo.url()).await
    }

    #[tokio::test]
    async fn a_part_of_the_profile_leaves_the_other_rows_of_the_snapshot() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("outcomes.snap");
        check(&file, |it| it.only("time/*")).await;
        let text = std::fs::read_to_string(&file).unwrap();
        check(&file, |it| it.only("time/expired").strict()).await;
        check(&file, |it| it.only("issuer/other")).await;
        assert_eq!(std::fs::read_to_string(&file).unwrap(), text, "new rows are no drift unless strict");
    }

    #[tokio::test]
    async fn a_case_is_repeated_by_the_test_that_it_came_from() {
        let conformance = Conformance::start().await.only("baseline/valid");
        let demo = Demo::start(DemoSettings::new(conformance.issuer(), conformance.ca_pem())).await.unwrap();
        let report = conformance.report(demo.url()).await;
        assert_eq!(
            report.results[0].replay,
            "BADPENNY_ONLY=baseline/valid@control cargo test -p badpenny \
             cargo_test::tests::a_case_is_repeated_by_the_test_that_it_came_from -- --exact"
        );
    }

    #[tokio::test]
    async fn strictness_is_kept_whichever_call_says_it() {
        let strictness = Strictness { strict: false, allow_inconclusive: true };
        let settings = RunSettings { strictness, ..RunSettings::default() };
        let conformance = Conformance::start().await.strict().settings(settings);
        assert_eq!(conformance.settings.strictness, Strictness { strict: true, allow_inconclusive: true });
    }
}
