//! Reads a scenario file: one function a table.

use std::time::Duration;

use mock_idp::dialect::IssuerPath;
use mock_idp::input::{InputError, Node, Table, parse_toml};
use mock_idp::mutation::Mutation;
use mock_idp::step::Step;

use super::capability::{Capability, Demand};
use super::change::{Expect, ExpectationChange};
use super::check_kind::CheckKind;
use super::delivery::Delivery;
use super::effect::Effect;
use super::expectation::{Access, Level};
use super::grade::{Form, Gap, Obtained};
use super::reference::Reference;
use super::request::RequestEdit;
use super::types::{Cache, Judgement, Larger, Minted, Scenario, Variant};

/// The scenarios of one file's text.
pub(super) fn scenarios(text: &str) -> Result<Vec<Scenario>, InputError> {
    let root = parse_toml(text)?;
    let table = root.as_table()?;
    let scenarios = table.require("scenario")?.as_array()?.iter().map(scenario).collect::<Result<_, _>>()?;
    table.finish()?;
    Ok(scenarios)
}

fn scenario(node: &Node) -> Result<Scenario, InputError> {
    let table = node.as_table()?;
    let shared = Shared { slow: table.flag("slow")?, obtained: obtained(&table)?.unwrap_or_default() };
    let scenario = Scenario {
        id: id(table.require("id")?)?,
        title: table.require("title")?.as_str()?.to_owned(),
        judgement: judgement(&table)?,
        effects: table.get("effects").map_or(Ok(Vec::new()), |node| list(node, Effect::from_node))?,
        references: references(&table)?,
        caught: table.get("caught").map_or(Ok(Vec::new()), |node| list(node, owned))?,
        repeats: table.get("repeats").map(id).transpose()?,
        why: table.require("why")?.as_str()?.trim().to_owned(),
        variants: list(table.require("variant")?, |node| variant(node, shared))?,
    };
    table.finish()?;
    if scenario.variants.is_empty() {
        return Err(node.error("a scenario needs at least one variant"));
    }
    unique_slugs(&scenario, node)?;
    Ok(scenario)
}

fn id(node: &Node) -> Result<String, InputError> {
    let text = node.as_str()?;
    match text.split_once('/') {
        Some((category, name)) if is_word(category) && is_word(name) => Ok(text.to_owned()),
        _ => {
            Err(node.error("this is no id").with_help("write category/name in lower-case letters, digits and hyphens"))
        }
    }
}

fn slug(node: &Node) -> Result<String, InputError> {
    let text = node.as_str()?;
    let help = "write lower-case letters, digits and hyphens";
    if is_word(text) { Ok(text.to_owned()) } else { Err(node.error("this is no slug").with_help(help)) }
}

/// What ids and slugs consist of, so that selectors and shells take them as they are.
fn is_word(part: &str) -> bool {
    !part.is_empty()
        && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-+".contains(&byte))
}

/// The references that were checked against the text, then those that were not.
fn references(table: &Table<'_>) -> Result<Vec<Reference>, InputError> {
    let mut references = list(table.require("references")?, Reference::from_node)?;
    if let Some(unverified) = table.get("unverified") {
        references.extend(list(unverified, Reference::from_node)?.into_iter().map(Reference::unverified));
    }
    Ok(references)
}

fn judgement(table: &Table<'_>) -> Result<Judgement, InputError> {
    let level = table.require("level")?.as_choice(&Level::ALL)?;
    if let Some(check) = table.get("check") {
        return Ok(Judgement::Check { kind: check.as_choice(&CheckKind::ALL)?, level });
    }
    let expect: Expect = table.require("expect")?.as_choice(&Expect::ALL)?;
    let mut expectation = expect.expectation(level);
    expectation.gap = table.get("gap").map_or(Ok(Gap::default()), |node| node.as_choice(&Gap::ALL))?;
    expectation.form = table.get("form").map_or(Ok(Form::default()), |node| node.as_choice(&Form::ALL))?;
    if expectation.access != Access::Accepted {
        if let Some(status) = table.get("status") {
            expectation.status = statuses(status)?;
        }
        if let Some(level) = table.get("status-level") {
            expectation.status_level = level.as_choice(&Level::ALL)?;
        }
    }
    Ok(Judgement::Exchange(expectation))
}

/// What the variants of a scenario share unless one says otherwise.
#[derive(Clone, Copy)]
struct Shared {
    slow: bool,
    obtained: Obtained,
}

fn obtained(table: &Table<'_>) -> Result<Option<Obtained>, InputError> {
    table.get("obtained").map(|node| node.as_choice(&Obtained::ALL)).transpose()
}

fn variant(node: &Node, shared: Shared) -> Result<Variant, InputError> {
    let table = node.as_table()?;
    let steps = |name| table.get(name).map_or(Ok(Vec::new()), |node| list(node, Step::from_node));
    let variant = Variant {
        slug: slug(table.require("slug")?)?,
        token: table.get("token").map_or_else(|| Ok(Mutation::control()), Mutation::from_node)?,
        minted: table.get("mint").map_or(Ok(Minted::After), |node| node.as_choice(&MINTED))?,
        request: table.get("request").map_or(Ok(Vec::new()), |node| list(node, RequestEdit::from_node))?,
        issuer_path: table.get("issuer-path").map(IssuerPath::from_node).transpose()?,
        issuer: steps("issuer")?,
        cache: table.get("cache").map_or(Ok(Cache::Refreshed), |node| node.as_choice(&CACHES))?,
        meanwhile: steps("meanwhile")?,
        delivery: table.get("delivery").map_or_else(|| Ok(Delivery::default()), Delivery::from_node)?,
        larger: table.get("larger").map_or(Ok(Vec::new()), larger)?,
        costs: table.get("costs").map(costs).transpose()?,
        change: ExpectationChange::from_table(&table)?,
        effects: table.get("effects").map(|node| list(node, Effect::from_node)).transpose()?,
        check: table.get("check").map(|node| node.as_choice(&CheckKind::ALL)).transpose()?,
        declared: table.get("declared").map_or(Ok(Vec::new()), |node| list(node, Demand::from_node))?,
        undeclared: table.get("undeclared").map_or(Ok(Vec::new()), |node| list(node, capability))?,
        obtained: obtained(&table)?.unwrap_or(shared.obtained),
        slow: table.flag("slow")? || shared.slow,
    };
    table.finish()?;
    fits_its_cache(&variant, node)?;
    fits_its_sizes(&variant, node)?;
    Ok(variant)
}

/// Whether what the target is to know of the keys can be brought about.
fn fits_its_cache(variant: &Variant, node: &Node) -> Result<(), InputError> {
    if variant.cache.has_twin() && variant.issuer.iter().any(Step::breaks_endpoint) {
        let help =
            "write cache = \"cold\" or \"warm\": a broken endpoint has no room for the twin key that proves a fetch";
        return Err(node.error("this variant's steps break an endpoint").with_help(help));
    }
    if variant.cache == Cache::Missed && (variant.issuer.is_empty() || variant.minted == Minted::After) {
        let help = "write mint = \"before\", and the steps that make the token a good one in `issuer`";
        return Err(node.error("cache = \"missed\" sends the token before the issuer's steps").with_help(help));
    }
    if variant.issuer_path.is_some() && variant.cache != Cache::Cold {
        let help = "write cache = \"cold\": the target is started for an issuer that it has never seen";
        return Err(node.error("another `issuer-path` is another issuer").with_help(help));
    }
    Ok(())
}

/// Whether its sizes can be measured, and what they cost is told.
fn fits_its_sizes(variant: &Variant, node: &Node) -> Result<(), InputError> {
    let is_alone = variant.is_unstaged() && variant.delivery.is_only_repeated();
    if !variant.larger.is_empty() && !is_alone {
        let help = "of `delivery`, leave `repeat` alone, and take the issuer's steps out: what a size costs is measured with nothing beside it";
        return Err(node.error("this variant grows, and does something else as well").with_help(help));
    }
    if variant.larger.is_empty() == variant.costs.is_some() {
        return Err(
            node.error("`larger` and `costs` go together: measure what all sizes cost a weak server, in seconds")
        );
    }
    Ok(())
}

/// What all sizes cost a weak server: nothing that is sent does harm.
fn costs(node: &Node) -> Result<Duration, InputError> {
    let seconds = node.as_number()?;
    if seconds > 0.0 && seconds <= MOST_COSTS {
        return Ok(Duration::from_secs_f64(seconds));
    }
    Err(node.error("`costs` must be above 0 and at most 2 seconds of CPU").with_help("take smaller sizes"))
}

/// Most seconds of CPU that a variant may cost a weak server.
const MOST_COSTS: f64 = 2.0;

/// The larger sizes of an attack.
fn larger(node: &Node) -> Result<Vec<Larger>, InputError> {
    let sizes = list(node, |node| {
        let table = node.as_table()?;
        let size = Larger {
            token: table.get("token").map(Mutation::from_node).transpose()?,
            request: table.get("request").map(|node| list(node, RequestEdit::from_node)).transpose()?,
        };
        table.finish()?;
        match size {
            Larger { token: None, request: None } => {
                Err(node.error("give a larger `token`, a larger `request` or both"))
            }
            size => Ok(size),
        }
    })?;
    match sizes.len() {
        1..=MOST_LARGER => Ok(sizes),
        _ => Err(node.error("give one to three larger sizes")),
    }
}

/// Most sizes beside the smallest.
const MOST_LARGER: usize = 3;

const MINTED: [(&str, Minted); 2] = [("before", Minted::Before), ("after", Minted::After)];
const CACHES: [(&str, Cache); 4] =
    [("refreshed", Cache::Refreshed), ("warm", Cache::Warm), ("cold", Cache::Cold), ("missed", Cache::Missed)];

fn capability(node: &Node) -> Result<Capability, InputError> {
    node.as_choice(&Capability::words())
}

pub(super) fn statuses(node: &Node) -> Result<Vec<u16>, InputError> {
    list(node, status)
}

/// An HTTP status.
pub(super) fn status(node: &Node) -> Result<u16, InputError> {
    u16::try_from(node.as_integer()?)
        .ok()
        .filter(|status| (100..600).contains(status))
        .ok_or_else(|| node.error("this is no HTTP status: expected 100 to 599"))
}

fn owned(node: &Node) -> Result<String, InputError> {
    node.as_str().map(str::to_owned)
}

fn list<T>(node: &Node, read: impl Fn(&Node) -> Result<T, InputError>) -> Result<Vec<T>, InputError> {
    node.as_array()?.iter().map(read).collect()
}

fn unique_slugs(scenario: &Scenario, node: &Node) -> Result<(), InputError> {
    let mut seen = std::collections::HashSet::new();
    match scenario.variants.iter().find(|variant| !seen.insert(variant.slug.as_str())) {
        Some(twice) => Err(node.error(format!("the variant \"{}\" of {} stands twice", twice.slug, scenario.id))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
[[scenario]]
id = "time/expired"
title = "An expired token is refused"
expect = "refused"
level = "must"
references = ["RFC 7519 4.1.4"]
why = "Because."

[[scenario.variant]]
slug = "one-hour"
token = [{ claim = "exp", set = { now = -3600 } }]
"#;

    fn error_of(text: &str) -> (String, String) {
        let error = scenarios(text).unwrap_err();
        let place = error.span.clone().map_or("", |span| &text[span]).to_owned();
        (error.to_string(), place)
    }

    #[test]
    fn a_scenario_is_read_whole() {
        let scenario = &scenarios(GOOD).unwrap()[0];
        assert_eq!(scenario.category(), "time");
        let Judgement::Exchange(expectation) = &scenario.judgement else { panic!("no exchange") };
        assert_eq!((expectation.status.as_slice(), expectation.status_level), (&[401][..], Level::Should));
    }

    #[test]
    fn errors_point_at_the_word_that_is_wrong() {
        let (message, place) = error_of(&GOOD.replace("now = -3600", "noww = -3600"));
        assert!(message.contains("this table is no expression"), "{message}");
        assert_eq!(place, "{ noww = -3600 }");

        let (message, place) = error_of(&GOOD.replace("\"must\"", "\"musst\""));
        assert!(message.contains("did you mean `must`?"), "{message}");
        assert_eq!(place, "\"musst\"");

        let (message, place) = error_of(&GOOD.replace("title =", "titel ="));
        assert!(message.contains("`title` is missing"), "{message}");
        assert!(place.contains("[[scenario]]") || place.contains("id ="), "{place}");
    }

    #[test]
    fn a_token_that_comes_before_its_key_is_made_before_the_steps() {
        let variant = |more: &str| format!("{GOOD}cache = \"missed\"\n{more}");
        let steps = r#"issuer = [{ publish = "twin", kid = "{kid}-next" }]"#;
        let (message, _) = error_of(&variant(steps));
        assert!(message.contains("sends the token before the issuer's steps"), "{message}");
        assert!(message.contains("write mint = \"before\""), "{message}");
        assert!(scenarios(&variant(&format!("{steps}\nmint = \"before\""))).is_ok());
    }

    #[test]
    fn another_identifier_is_for_a_target_that_knows_no_issuer() {
        let variant = |more: &str| scenarios(&format!("{GOOD}issuer-path = {more}\n"));
        let told = |more: &str| variant(more).unwrap_err().to_string();
        assert!(told("'/'").contains("write cache = \"cold\""), "{}", told("'/'"));
        assert!(told("'realms'\ncache = 'cold'").contains("no path of an issuer identifier"));
        let read = variant("''\ncache = 'cold'").unwrap();
        assert_eq!(read[0].variants[0].issuer_path.as_ref().map(ToString::to_string).as_deref(), Some(""));
    }

    #[test]
    fn what_grows_says_its_sizes_and_what_they_cost_a_weak_server() {
        let with = |more: &str| scenarios(&format!("{GOOD}{more}\n"));
        let larger = "larger = [{ token = [{ token = 'x' }] }, { request = [{ method = 'POST' }] }]";
        let grown = with(&format!("{larger}\ncosts = 0.5\ndelivery = {{ repeat = 3 }}")).unwrap();
        let variant = &grown[0].variants[0];
        assert_eq!((variant.larger.len(), variant.costs), (2, Some(Duration::from_millis(500))));
        for (wrong, said) in [
            (larger.to_owned(), "go together"),
            ("costs = 1".to_owned(), "go together"),
            (format!("{larger}\ncosts = 2.5"), "at most 2 seconds"),
            (format!("{larger}\ncosts = 1\nissuer = [{{ rotate = true }}]"), "something else as well"),
            (format!("{larger}\ncosts = 1\ndelivery = {{ wait = {{ seconds = 1 }} }}"), "something else as well"),
            ("larger = [{}]\ncosts = 1".to_owned(), "a larger `token`"),
            ("larger = []\ncosts = 1".to_owned(), "one to three"),
        ] {
            let error = with(&wrong).unwrap_err().to_string();
            assert!(error.contains(said), "{wrong}: {error}");
        }
    }

    #[test]
    fn a_reference_that_is_none_is_refused() {
        let (message, _) = error_of(&GOOD.replace("RFC 7519 4.1.4", "7519§4.1.4"));
        assert!(message.contains("RFC 7519 4.1.4"), "{message}");
    }
}
