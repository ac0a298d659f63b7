use std::collections::BTreeMap;
use std::time::Duration;

use mock_idp::claims::TokenSettings;
use mock_idp::dialect::Dialect;
use mock_idp::input::{InputError, Node, Table, parse_toml};

use super::change::ExpectationChange;
use super::expectation::Level;
#[cfg(feature = "cli")]
use super::expectation::Tier;
use super::types::{Judgement, Scenario, Variant};

/// The profile where none is chosen, in its newest version.
pub const DEFAULT_PROFILE: &str = "okta";

/// A named, frozen selection of scenarios with its settings.
#[derive(Debug, Clone)]
pub struct Profile {
    /// `name@version`.
    pub id: String,
    /// What it is for.
    pub title: String,
    /// Ids of profiles whose scenarios and changes it takes over.
    pub include: Vec<String>,
    /// Ids of its own scenarios, in their order.
    pub scenarios: Vec<String>,
    /// What is expected otherwise than the scenarios say, by `id` or `id@slug`.
    pub changes: BTreeMap<String, ExpectationChange>,
    /// What the tokens look like, and how long is waited.
    pub settings: ProfileSettings,
    /// Whether it says so itself; else it takes over what its first include has.
    says_settings: bool,
}

/// What the control of a profile looks like, and what its targets may take
/// time for.
#[derive(Debug, Clone, PartialEq)]
pub struct ProfileSettings {
    /// What the control looks like. Defaults to Okta's.
    pub dialect: Dialect,
    /// The clock difference that a target may tolerate. Defaults to 300 s.
    pub leeway: Duration,
    /// For how long a target is given to see new keys. Defaults to 60 s.
    pub refresh: Duration,
    /// Within which time it owes that; longer than `refresh` where the target's
    /// owner does not want to wait that long, and then nothing follows from a
    /// fetch that did not come. Defaults to `refresh`.
    pub refresh_due: Duration,
    /// Whether the target's owner gives it more time for that than the profile:
    /// then a second fetch is waited for as well, to tell the pause between two.
    /// Defaults to false.
    pub tells_pause: bool,
}

impl Default for ProfileSettings {
    fn default() -> Self {
        Self {
            dialect: Dialect::default(),
            leeway: Duration::from_secs(300),
            refresh: Duration::from_secs(60),
            refresh_due: Duration::from_secs(60),
            tells_pause: false,
        }
    }
}

impl ProfileSettings {
    /// Tells the issuer what the tokens look like.
    pub fn apply(&self, tokens: &mut TokenSettings) {
        tokens.dialect.clone_from(&self.dialect);
        tokens.leeway = i64::try_from(self.leeway.as_secs()).unwrap_or(i64::MAX);
    }

    /// Puts what the target's owner says in the place of the profile's times.
    #[cfg(any(feature = "cli", feature = "cargo-test"))]
    pub(crate) fn wait_instead(&mut self, leeway: Option<Duration>, refresh: Option<Duration>) {
        self.leeway = leeway.unwrap_or(self.leeway);
        self.tells_pause = refresh.is_some_and(|given| given > self.refresh);
        self.refresh = refresh.unwrap_or(self.refresh);
        self.refresh_due = self.refresh_due.max(self.refresh);
    }

    fn from_table(table: &Table<'_>, dialect: Dialect) -> Result<Self, InputError> {
        let defaults = Self::default();
        let seconds = |name, default: Duration| {
            table
                .get(name)
                .map_or(Ok(default), |node| node.as_count(3600).map(|count| Duration::from_secs(count as u64)))
        };
        let refresh = seconds("refresh", defaults.refresh)?;
        let settings = Self {
            dialect,
            leeway: seconds("leeway", defaults.leeway)?,
            refresh,
            refresh_due: refresh,
            tells_pause: false,
        };
        table.finish()?;
        Ok(settings)
    }
}

impl Profile {
    /// Reads a profile file.
    ///
    /// # Errors
    ///
    /// When the text is no profile.
    pub fn parse(text: &str) -> Result<Self, InputError> {
        let root = parse_toml(text)?;
        let table = root.as_table()?;
        let include = table.get("include").map_or(Ok(Vec::new()), Node::as_texts)?;
        let (settings, dialect) = (table.get("settings"), table.get("dialect"));
        let tokens = dialect.map_or_else(|| Ok(Dialect::default()), |node| Dialect::read(node, &Dialect::default()))?;
        let profile = Self {
            id: table.require("id")?.as_str()?.to_owned(),
            title: table.require("title")?.as_str()?.to_owned(),
            scenarios: match table.get("scenarios") {
                Some(node) => node.as_texts()?,
                None if include.is_empty() => return Err(nothing_in(&table)),
                None => Vec::new(),
            },
            include,
            changes: changes(&table)?,
            says_settings: settings.is_some() || dialect.is_some(),
            settings: match settings {
                Some(node) => ProfileSettings::from_table(&node.as_table()?, tokens)?,
                None => ProfileSettings { dialect: tokens, ..ProfileSettings::default() },
            },
        };
        table.finish()?;
        Ok(profile)
    }

    /// Whether `name` means this profile: with its version, or without.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        self.id == name || self.id.split('@').next() == Some(name)
    }

    /// What it says otherwise of a variant: for all of its scenario, then for it alone.
    pub(super) fn changes_of(
        &self,
        scenario: &Scenario,
        variant: &Variant,
    ) -> impl Iterator<Item = &ExpectationChange> {
        let names = [scenario.id.clone(), format!("{}@{}", scenario.id, variant.slug)];
        names.into_iter().filter_map(|name| self.changes.get(&name))
    }

    /// What a variant is held against in it.
    pub(super) fn judgement_of(&self, scenario: &Scenario, variant: &Variant) -> Judgement {
        let mut judgement = scenario.judgement_of(variant);
        self.changes_of(scenario, variant).for_each(|change| change.apply(&mut judgement));
        judgement
    }

    /// How binding a variant is in it.
    #[cfg(feature = "cli")]
    pub(crate) fn level_of_variant(&self, scenario: &Scenario, variant: &Variant) -> Level {
        self.judgement_of(scenario, variant).level()
    }

    /// How binding a scenario is in it.
    #[cfg(feature = "cli")]
    pub(crate) fn level_of(&self, scenario: &Scenario) -> Level {
        let mut judgement = scenario.judgement.clone();
        if let Some(change) = self.changes.get(&scenario.id) {
            change.apply(&mut judgement);
        }
        judgement.level()
    }

    /// The gravest tier that a finding of a scenario can have in it.
    #[cfg(feature = "cli")]
    pub(crate) fn tier_of(&self, scenario: &Scenario) -> Tier {
        let of = |variant: &Variant| self.judgement_of(scenario, variant).tier(variant.actor());
        scenario.variants.iter().map(of).max().unwrap_or(Tier::Info)
    }

    /// Puts the scenarios of included profiles first, in their order; what this
    /// one expects otherwise stands. Settings that it does not say itself are
    /// those of the first.
    pub(super) fn take_over(&mut self, included: &[&Self]) {
        included.iter().rev().for_each(|base| self.put_first(base));
        if let Some(first) = included.first().filter(|_| !self.says_settings) {
            self.settings = first.settings.clone();
        }
    }

    fn put_first(&mut self, included: &Self) {
        let own = std::mem::take(&mut self.scenarios);
        self.scenarios.clone_from(&included.scenarios);
        self.scenarios.extend(own.into_iter().filter(|id| !included.scenarios.contains(id)));
        for (name, change) in &included.changes {
            self.changes.entry(name.clone()).or_insert_with(|| change.clone());
        }
    }
}

fn nothing_in(table: &Table<'_>) -> InputError {
    table.node().error("`scenarios` is missing, and so is `include`").with_help(
        "write scenarios = [\"baseline/valid\", ...], or take those of another profile over: include = [\"core\"]",
    )
}

/// `[level]` and `[expect]`, by the name that they change.
fn changes(table: &Table<'_>) -> Result<BTreeMap<String, ExpectationChange>, InputError> {
    let mut changes = BTreeMap::new();
    if let Some(levels) = table.get("level") {
        for entry in levels.as_table()?.entries() {
            let level = entry.node.as_choice(&Level::ALL)?;
            changes.insert(entry.name.clone(), ExpectationChange::of_level(level));
        }
    }
    if let Some(expect) = table.get("expect") {
        for entry in expect.as_table()?.entries() {
            if changes.contains_key(&entry.name) {
                let message = "has its level in [level] already: write `level` here, and leave it out there";
                return Err(entry.node.error(message));
            }
            let change = entry.node.as_table()?;
            changes.insert(entry.name.clone(), ExpectationChange::from_table(&change)?);
            change.finish()?;
        }
    }
    Ok(changes)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn what_is_included_comes_first_and_gives_way() {
        let base = Profile::parse("id='a@1'\ntitle='a'\nscenarios=['x/1','x/2']\n[level]\n'x/1'='must'\n'x/2'='may'\n");
        let more = "id='b@1'\ntitle='b'\ninclude=['a@1']\nscenarios=['x/2','x/3']\n[dialect]\nshape='rfc9068'\n\
                    [settings]\nleeway=5\n[expect.'x/1@one']\nexpect='refused'\n[level]\n'x/1'='should'\n";
        let mut more = Profile::parse(more).unwrap();
        more.take_over(&[&base.unwrap()]);
        assert_eq!(more.scenarios, ["x/1", "x/2", "x/3"]);
        assert_eq!(more.changes["x/1"], ExpectationChange::of_level(Level::Should));
        assert_eq!(more.changes["x/2"], ExpectationChange::of_level(Level::May));
        assert_eq!((more.settings.dialect.shape().word(), more.settings.leeway), ("rfc9068", Duration::from_secs(5)));
    }

    #[test]
    fn an_include_is_enough_and_brings_its_settings() {
        let base = |id: &str, leeway: u8| {
            let text = format!("id='{id}'\ntitle='a'\nscenarios=['x/{leeway}']\n[settings]\nleeway={leeway}\n");
            Profile::parse(&text).unwrap()
        };
        let mut more = Profile::parse("id='b@1'\ntitle='b'\ninclude=['a@1', 'z@1']\n").unwrap();
        more.take_over(&[&base("a@1", 7), &base("z@1", 9)]);
        assert_eq!(more.scenarios, ["x/7", "x/9"]);
        assert_eq!(more.settings.leeway, Duration::from_secs(7), "the first one's");
        let error = Profile::parse("id='b@1'\ntitle='b'\n").unwrap_err().to_string();
        assert!(error.starts_with("`scenarios` is missing, and so is `include`"), "{error}");
    }

    #[rstest]
    #[case("shape='rfc9068'", Some("at+jwt"), "scope-string")]
    #[case("shape='rfc9068'\ntyp=false\nscope-claim='scp-array'", None, "scp-array")]
    #[case("shape='okta'", None, "scp-array")]
    fn a_shape_brings_its_own_typ_and_scope(#[case] dialect: &str, #[case] typ: Option<&str>, #[case] scope: &str) {
        let profile = Profile::parse(&format!("id='a@1'\ntitle='a'\nscenarios=[]\n[dialect]\n{dialect}\n")).unwrap();
        let dialect = profile.settings.dialect;
        assert_eq!((dialect.typ().as_deref(), dialect.scope_claim().unwrap().word().as_str()), (typ, scope));
    }

    #[test]
    fn a_level_in_two_places_is_an_error_at_the_second() {
        let text = "id='a@1'\ntitle='a'\nscenarios=['x/1']\n[level]\n'x/1'='should'\n[expect.'x/1']\nstatus=401\n";
        let error = Profile::parse(text).unwrap_err().to_string();
        assert!(error.contains("in [level] already"), "{error}");
    }
}
