use std::fmt::Write as _;

use mock_idp::input::nearest;

use super::args::WhyArgs;
use super::{load, output};
use crate::error::Failure;
use crate::scenario::{Catalogue, Judgement, Level, Scenario, Tier};
use crate::wrap::wrap;

/// `badpenny why ID`.
pub(super) fn why(args: &WhyArgs) -> Result<u8, Failure> {
    let catalogue = load::catalogue(&args.scenarios)?;
    let id = args.id.split('@').next().unwrap_or_default();
    let scenario = catalogue.scenario(id).ok_or_else(|| {
        let ids = catalogue.scenarios().iter().map(|scenario| scenario.id.as_str());
        let help = nearest(id, ids)
            .map_or("`badpenny list` shows all of them".to_owned(), |id| format!("did you mean \"{id}\"?"));
        Failure::nothing_selected(format!("there is no scenario \"{id}\": {help}"))
    })?;
    output::print(&page(scenario, &catalogue))?;
    Ok(crate::exit::SUCCESS)
}

fn page(scenario: &Scenario, catalogue: &Catalogue) -> String {
    let mut out = format!("{}\n{}\n\n", scenario.id, scenario.title);
    for paragraph in scenario.why.split("\n\n") {
        let _ = writeln!(out, "{}\n", wrap(paragraph, 0));
    }
    let _ = writeln!(out, "expected   {}{}", expected(&scenario.judgement), elsewhere(scenario, catalogue));
    let _ = writeln!(out, "at worst   {}", worst(scenario, catalogue));
    for reference in &scenario.references {
        let _ = writeln!(out, "read       {}  {}", reference.phrase(), reference.url());
    }
    if !scenario.caught.is_empty() {
        let _ = writeln!(out, "CVEs       {} (of this kind)", scenario.caught.join(", "));
    }
    let needs: Vec<&str> = scenario.needs().iter().map(|need| need.phrase()).collect();
    if !needs.is_empty() {
        let _ = writeln!(out, "to run it  {}", needs.join(", "));
    }
    for variant in &scenario.variants {
        let judgement = scenario.judgement_of(variant);
        let actor = variant.actor();
        let tier = judgement.tier(actor);
        let exchange = matches!(judgement, Judgement::Exchange(_));
        let mut remarks = Vec::new();
        remarks.extend((judgement != scenario.judgement).then(|| expected(&judgement)));
        remarks.extend(exchange.then(|| format!("{tier}; who: {}", actor.phrase())));
        let otherwise = if remarks.is_empty() { None } else { Some(format!("   {}", remarks.join("; "))) };
        let _ = writeln!(out, "variant    {}@{}{}", scenario.id, variant.slug, otherwise.unwrap_or_default());
    }
    out
}

fn expected(judgement: &Judgement) -> String {
    match judgement {
        Judgement::Exchange(expectation) => format!("{} ({})", expectation.status_phrase(), expectation.level),
        Judgement::Check { level, .. } => format!("of every answer in the run ({level})"),
    }
}

/// The gravest tier that a finding of it can have, in any profile.
fn worst(scenario: &Scenario, catalogue: &Catalogue) -> Tier {
    let holding = catalogue.profiles().iter().filter(|profile| profile.scenarios.contains(&scenario.id));
    holding.map(|profile| profile.tier_of(scenario)).fold(scenario.tier(), Tier::max)
}

/// The level where a profile has another one.
fn elsewhere(scenario: &Scenario, catalogue: &Catalogue) -> String {
    let mut found: Vec<(Level, Vec<&str>)> = Vec::new();
    for profile in catalogue.profiles() {
        let level = profile.level_of(scenario);
        if level == scenario.level() || !profile.scenarios.contains(&scenario.id) {
            continue;
        }
        let name = profile.id.split('@').next().unwrap_or_default();
        match found.iter_mut().find(|(known, _)| *known == level) {
            Some((_, names)) => names.push(name),
            None => found.push((level, vec![name])),
        }
    }
    found.iter().map(|(level, names)| format!("; {level} in {}", names.join(", "))).collect()
}
