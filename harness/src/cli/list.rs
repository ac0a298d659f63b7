use std::fmt::Write as _;

use serde_json::json;

use super::args::ListArgs;
use super::{load, output};
use crate::error::Failure;
use crate::scenario::{Catalogue, Scenario, Variant};

/// `badpenny list`: ids as selectors take them.
pub(super) fn list(args: &ListArgs) -> Result<u8, Failure> {
    let catalogue = load::catalogue(&args.scenarios)?;
    let profile = match &args.profile {
        Some(name) => Some(catalogue.profile(name).ok_or_else(|| {
            let known: Vec<&str> = catalogue.profiles().iter().map(|profile| profile.id.as_str()).collect();
            Failure::usage(format!("there is no profile \"{name}\": known are {}", known.join(", ")))
        })?),
        None => None,
    };
    let wanted = |scenario: &Scenario, variant: &Variant| {
        args.selectors.is_empty() || args.selectors.iter().any(|selector| selector.matches(&scenario.id, &variant.slug))
    };
    let chosen: Vec<(&Scenario, Vec<&Variant>)> = catalogue
        .scenarios()
        .iter()
        .filter(|scenario| profile.is_none_or(|profile| profile.scenarios.contains(&scenario.id)))
        .map(|scenario| {
            (scenario, scenario.variants.iter().filter(|variant| wanted(scenario, variant)).collect::<Vec<_>>())
        })
        .filter(|(_, variants)| !variants.is_empty())
        .collect();
    if chosen.is_empty() {
        return Err(Failure::nothing_selected("no scenario is called that: `badpenny list` shows all of them"));
    }
    output::print(&if args.json { as_json(&chosen) } else { as_text(&chosen, &catalogue) });
    Ok(crate::exit::SUCCESS)
}

fn as_text(chosen: &[(&Scenario, Vec<&Variant>)], catalogue: &Catalogue) -> String {
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

fn as_json(chosen: &[(&Scenario, Vec<&Variant>)]) -> String {
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
