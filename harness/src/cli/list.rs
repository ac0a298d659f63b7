use std::fmt::Write as _;
use std::time::Duration;

use mock_idp::input::nearest;
use serde_json::json;

use super::args::ListArgs;
use super::{load, output};
use crate::error::Failure;
use crate::printable::counted;
use crate::scenario::{Catalogue, Demand, Plan, PlanError, Profile, Scenario, Selector, Variant};

/// Scenarios, each with the variants that are to be shown.
type Chosen<'a> = Vec<(&'a Scenario, Vec<&'a Variant>)>;

/// `badpenny list`: ids as selectors take them.
pub(super) fn list(args: &ListArgs) -> Result<u8, Failure> {
    let mut catalogue = load::catalogue(&args.scenarios)?;
    let mut profile = None;
    if let Some(name) = &args.profile {
        let (with_own, id) = load::with_profile(catalogue, name)?;
        (catalogue, profile) = (with_own, Some(id));
    }
    let shelf = Shelf::of(&catalogue, profile.as_deref())?;
    for selector in &args.selectors {
        if !shelf.rows().any(|(scenario, variant)| shelf.chooses(selector, scenario, variant)) {
            return Err(nothing(selector, &shelf.scenarios));
        }
    }
    let chosen = shelf.chosen(&args.selectors);
    output::print(&if args.json { as_json(&chosen, &catalogue) } else { as_text(&chosen, &catalogue) })?;
    Ok(crate::exit::SUCCESS)
}

/// What there is to choose from: the scenarios of a profile, and a user's own,
/// which belong to every one; all of them where none is named.
struct Shelf<'a> {
    scenarios: Vec<&'a Scenario>,
    profile: Option<&'a Profile>,
}

impl<'a> Shelf<'a> {
    fn of(catalogue: &'a Catalogue, name: Option<&str>) -> Result<Self, Failure> {
        let unknown = |name| Failure::usage(PlanError::no_such_profile(catalogue, name));
        let profile = name.map(|name| catalogue.profile(name).ok_or_else(|| unknown(name))).transpose()?;
        let is_in = |id: &String| {
            profile.is_none_or(|profile| profile.scenarios.contains(id) || catalogue.added().contains(id))
        };
        Ok(Self { scenarios: catalogue.scenarios().iter().filter(|scenario| is_in(&scenario.id)).collect(), profile })
    }

    fn rows(&self) -> impl Iterator<Item = (&'a Scenario, &'a Variant)> {
        self.scenarios.iter().flat_map(|scenario| scenario.variants.iter().map(|variant| (*scenario, variant)))
    }

    fn chooses(&self, selector: &Selector, scenario: &Scenario, variant: &Variant) -> bool {
        let own = || scenario.judgement_of(variant).level();
        let level = self.profile.map_or_else(own, |profile| profile.level_of_variant(scenario, variant));
        selector.chooses(scenario, variant, level)
    }

    fn chosen(&self, selectors: &[Selector]) -> Chosen<'a> {
        let wanted = |scenario: &Scenario, variant: &Variant| {
            selectors.is_empty() || selectors.iter().any(|selector| self.chooses(selector, scenario, variant))
        };
        self.scenarios
            .iter()
            .map(|scenario| (*scenario, scenario.variants.iter().filter(|variant| wanted(scenario, variant)).collect()))
            .filter(|(_, variants): &(_, Vec<_>)| !variants.is_empty())
            .collect()
    }
}

fn nothing(selector: &Selector, scenarios: &[&Scenario]) -> Failure {
    let names: Vec<String> = scenarios.iter().flat_map(|scenario| scenario.names()).collect();
    let help = nearest(&selector.to_string(), names.iter().map(String::as_str))
        .map_or("`badpenny list` shows all of them".to_owned(), |name| format!("did you mean \"{name}\"?"));
    Failure::nothing_selected(format!("\"{selector}\" selects nothing: {help}"))
}

fn as_text(chosen: &Chosen<'_>, catalogue: &Catalogue) -> String {
    let mut out = String::new();
    let mut variants = 0;
    for (scenario, rows) in chosen {
        let _ = writeln!(out, "{}  {} ({}, {})", scenario.id, scenario.title, scenario.tier(), scenario.level());
        let needs: Vec<&str> = scenario.needs().iter().map(|need| need.phrase()).collect();
        if !needs.is_empty() {
            let _ = writeln!(out, "    needs {}", needs.join(", "));
        }
        for variant in rows {
            let _ = writeln!(out, "    {}@{}{}", scenario.id, variant.slug, remarks(variant));
        }
        variants += rows.len();
    }
    let _ = writeln!(out, "\n{}, {}\n", counted(chosen.len(), "scenario"), counted(variants, "variant"));
    out.push_str(&profiles(catalogue));
    out
}

/// What has to be said or asked for before the variant runs.
fn remarks(variant: &Variant) -> String {
    let declared = variant.demands().into_iter().map(Demand::example);
    let slow = match (variant.slow, variant.is_heavy()) {
        (false, _) => None,
        (true, false) => Some("--slow".to_owned()),
        (true, true) => Some("--slow, and --allow heavy elsewhere than on this machine".to_owned()),
    };
    let remarks: Vec<String> = slow.into_iter().chain(declared).chain(variant.costs.map(cost)).collect();
    if remarks.is_empty() { String::new() } else { format!("   [{}]", remarks.join(", ")) }
}

/// What a variant that is judged by its cost does to a server.
fn cost(weak: Duration) -> String {
    format!("costs a weak server some {:.1} s of CPU, a sound one nothing", weak.as_secs_f64())
}

/// One line a profile: what it is for, how much it holds, how long it takes against a server that
/// fetches keys at once, against one that pauses between two fetches, and with what is slow.
fn profiles(catalogue: &Catalogue) -> String {
    let mut out = String::from("profile         scenarios  variants  fast rows  with pauses  with --slow\n");
    for profile in catalogue.profiles() {
        let Ok(plan) = Plan::new(catalogue, &profile.id, &[]) else { continue };
        let _ = writeln!(
            out,
            "{:15} {:9} {:9}  {:>9}  {:>11}  {:>11}  {}",
            profile.id,
            plan.scenarios(),
            plan.all().count(),
            about(plan.estimate(false, Duration::ZERO)),
            about(plan.estimate(false, PAUSE)),
            about(plan.estimate(true, PAUSE)),
            profile.title
        );
    }
    out
}

/// How long many servers let pass between two fetches of keys.
const PAUSE: Duration = Duration::from_secs(30);

fn about(duration: Duration) -> String {
    match duration.as_secs_f64() {
        seconds if seconds < 1.0 => "under 1 s".to_owned(),
        seconds if seconds < 120.0 => format!("{seconds:.0} s"),
        seconds => format!("{:.0} min", seconds / 60.0),
    }
}

fn as_json(chosen: &Chosen<'_>, catalogue: &Catalogue) -> String {
    let rows: Vec<serde_json::Value> = chosen
        .iter()
        .map(|(scenario, variants)| {
            let profiles = catalogue.profiles().iter().filter(|profile| profile.scenarios.contains(&scenario.id));
            json!({
                "id": scenario.id,
                "title": scenario.title,
                "category": scenario.category(),
                "level": scenario.level(),
                "tier": scenario.tier(),
                "references": scenario.references,
                "needs": scenario.needs(),
                "profiles": profiles.map(|profile| profile.id.as_str()).collect::<Vec<_>>(),
                "slow": variants.iter().filter(|variant| variant.slow).map(|variant| variant.slug.as_str()).collect::<Vec<_>>(),
                "heavy": variants.iter().filter(|variant| variant.is_heavy()).map(|variant| variant.slug.as_str()).collect::<Vec<_>>(),
                "costs": variants
                    .iter()
                    .filter_map(|variant| Some((variant.slug.clone(), variant.costs?.as_secs_f64())))
                    .collect::<std::collections::BTreeMap<_, _>>(),
                "variants": variants.iter().map(|variant| variant.slug.as_str()).collect::<Vec<_>>(),
            })
        })
        .collect();
    let mut text = serde_json::to_string_pretty(&rows).unwrap_or_default();
    text.push('\n');
    text
}
