use std::fmt::Write as _;

use mock_idp::input::nearest;
use serde_json::json;

use super::args::ListArgs;
use super::{load, output};
use crate::error::Failure;
use crate::scenario::{Catalogue, Scenario, Selector, Variant};

/// Scenarios, each with the variants that are to be shown.
type Chosen<'a> = Vec<(&'a Scenario, Vec<&'a Variant>)>;

/// `badpenny list`: ids as selectors take them.
pub(super) fn list(args: &ListArgs) -> Result<u8, Failure> {
    let catalogue = load::catalogue(&args.scenarios)?;
    let scenarios = scenarios(&catalogue, args.profile.as_deref())?;
    for selector in &args.selectors {
        if !scenarios.iter().any(|scenario| chooses(selector, scenario)) {
            return Err(nothing(selector, &scenarios));
        }
    }
    let chosen = chosen(&scenarios, &args.selectors);
    output::print(&if args.json { as_json(&chosen) } else { as_text(&chosen, &catalogue) })?;
    Ok(crate::exit::SUCCESS)
}

/// The scenarios of a profile, and a user's own, which belong to every one; all
/// of them where none is named.
fn scenarios<'a>(catalogue: &'a Catalogue, profile: Option<&str>) -> Result<Vec<&'a Scenario>, Failure> {
    let Some(name) = profile else { return Ok(catalogue.scenarios().iter().collect()) };
    let profile = catalogue.profile(name).ok_or_else(|| {
        let known: Vec<&str> = catalogue.profiles().iter().map(|profile| profile.id.as_str()).collect();
        Failure::usage(format!("there is no profile \"{name}\": known are {}", known.join(", ")))
    })?;
    let is_in = |id: &String| profile.scenarios.contains(id) || catalogue.added().contains(id);
    Ok(catalogue.scenarios().iter().filter(|scenario| is_in(&scenario.id)).collect())
}

fn chosen<'a>(scenarios: &[&'a Scenario], selectors: &[Selector]) -> Chosen<'a> {
    let wanted = |scenario: &Scenario, variant: &Variant| {
        selectors.is_empty() || selectors.iter().any(|selector| selector.matches(&scenario.id, &variant.slug))
    };
    scenarios
        .iter()
        .map(|scenario| (*scenario, scenario.variants.iter().filter(|variant| wanted(scenario, variant)).collect()))
        .filter(|(_, variants): &(_, Vec<_>)| !variants.is_empty())
        .collect()
}

fn chooses(selector: &Selector, scenario: &Scenario) -> bool {
    scenario.variants.iter().any(|variant| selector.matches(&scenario.id, &variant.slug))
}

fn nothing(selector: &Selector, scenarios: &[&Scenario]) -> Failure {
    let names: Vec<String> = scenarios.iter().flat_map(|scenario| names(scenario)).collect();
    let help = nearest(&selector.to_string(), names.iter().map(String::as_str))
        .map_or("`badpenny list` shows all of them".to_owned(), |name| format!("did you mean \"{name}\"?"));
    Failure::nothing_selected(format!("\"{selector}\" selects nothing: {help}"))
}

/// Its id, and those of its variants.
fn names(scenario: &Scenario) -> impl Iterator<Item = String> {
    let variants = scenario.variants.iter().map(|variant| format!("{}@{}", scenario.id, variant.slug));
    std::iter::once(scenario.id.clone()).chain(variants)
}

fn as_text(chosen: &Chosen<'_>, catalogue: &Catalogue) -> String {
    let mut out = String::new();
    let mut variants = 0;
    for (scenario, rows) in chosen {
        let _ = writeln!(out, "{}  {} ({}, {})", scenario.id, scenario.title, scenario.tier(), scenario.level());
        for variant in rows {
            let _ = writeln!(out, "    {}@{}", scenario.id, variant.slug);
        }
        variants += rows.len();
    }
    let profiles: Vec<&str> = catalogue.profiles().iter().map(|profile| profile.id.as_str()).collect();
    let _ = writeln!(out, "\n{} scenarios, {variants} variants; profiles: {}", chosen.len(), profiles.join(", "));
    out
}

fn as_json(chosen: &Chosen<'_>) -> String {
    let rows: Vec<serde_json::Value> = chosen
        .iter()
        .map(|(scenario, variants)| {
            json!({
                "id": scenario.id,
                "title": scenario.title,
                "category": scenario.category(),
                "level": scenario.level(),
                "tier": scenario.tier(),
                "references": scenario.references,
                "variants": variants.iter().map(|variant| variant.slug.as_str()).collect::<Vec<_>>(),
            })
        })
        .collect();
    let mut text = serde_json::to_string_pretty(&rows).unwrap_or_default();
    text.push('\n');
    text
}
