use std::fmt::Write as _;

use serde_json::json;

use super::args::CoverageArgs;
use super::output;
use crate::coverage::{Beyond, Document, Ledger, Party, Requirement, Standing, Totals};
use crate::error::Failure;
use crate::wrap::wrap;

/// `badpenny coverage`: the ledger as text or as JSON.
pub(super) fn coverage(args: &CoverageArgs) -> Result<u8, Failure> {
    let ledger = Ledger::embedded().map_err(Failure::fault)?;
    let shown = Shown::of(&ledger, args.rfc)?;
    output::print(&if args.json { shown.as_json() } else { shown.as_text() })?;
    Ok(crate::exit::SUCCESS)
}

/// The part of the ledger that is asked for.
struct Shown<'a> {
    documents: Vec<&'a Document>,
    /// `None` where one RFC is asked for: these belong to none.
    beyond: Option<&'a [Beyond]>,
    totals: Totals,
}

impl<'a> Shown<'a> {
    fn of(ledger: &'a Ledger, rfc: Option<u32>) -> Result<Self, Failure> {
        let documents = ledger.documents();
        let wanted: Vec<&Document> =
            documents.iter().filter(|document| rfc.is_none_or(|rfc| document.rfc == rfc)).collect();
        if let (Some(rfc), []) = (rfc, wanted.as_slice()) {
            let known: Vec<String> = documents.iter().map(|document| document.rfc.to_string()).collect();
            let message = format!("the ledger holds nothing of RFC {rfc}: it knows {}", known.join(", "));
            return Err(Failure::nothing_selected(message));
        }
        let totals = Totals::of(wanted.iter().flat_map(|document| &document.requirements));
        Ok(Self { documents: wanted, beyond: rfc.is_none().then(|| ledger.beyond()), totals })
    }

    fn as_text(&self) -> String {
        let mut out = String::new();
        for document in &self.documents {
            put_document(&mut out, document);
        }
        if let Some(beyond) = self.beyond {
            let _ = writeln!(out, "Beyond these RFCs\n");
            for row in beyond {
                let _ = writeln!(out, "  {}\n{}", row.scenario, wrap(&row.because, 6));
            }
            out.push('\n');
        }
        let Totals { requirements, covered, scenarios, uncovered } = self.totals;
        let _ = writeln!(
            out,
            "{requirements} requirements, {covered} covered by {scenarios} scenarios, \
             {uncovered} not covered with a reason",
        );
        if let Some(beyond) = self.beyond {
            let _ = writeln!(out, "{} scenarios beyond them", beyond.len());
        }
        out
    }

    fn as_json(&self) -> String {
        let rows = self.documents.iter().flat_map(|document| &document.requirements).map(row);
        let mut page = json!({ "requirements": rows.collect::<Vec<_>>(), "totals": self.totals });
        if let (Some(beyond), Some(members)) = (self.beyond, page.as_object_mut()) {
            members.insert("beyond".to_owned(), json!(beyond));
        }
        let mut text = serde_json::to_string_pretty(&page).unwrap_or_default();
        text.push('\n');
        text
    }
}

/// A document's requirements under the headings of their sections.
fn put_document(out: &mut String, document: &Document) {
    let _ = writeln!(out, "RFC {}  {}", document.rfc, document.title);
    let mut section = "";
    for requirement in &document.requirements {
        if requirement.id.section != section {
            section = &requirement.id.section;
            let _ = writeln!(out, "\nRFC {} {section}  {}\n", document.rfc, requirement.id.url());
        }
        put_requirement(out, requirement);
    }
    out.push('\n');
}

fn put_requirement(out: &mut String, requirement: &Requirement) {
    let _ = write!(out, "  {}  {}", requirement.id, requirement.level);
    let _ = match requirement.binds {
        Party::ResourceServer => writeln!(out),
        other => writeln!(out, ", of the {other}"),
    };
    let _ = writeln!(out, "{}", wrap(&requirement.says, 6));
    let standing = match &requirement.standing {
        Standing::Covered(names) => {
            let names: Vec<String> = names.iter().map(ToString::to_string).collect();
            format!("-> {}", names.join(", "))
        }
        Standing::Uncovered(reason) => format!("no scenario: {reason}"),
    };
    let _ = writeln!(out, "{}", wrap(&standing, 6));
}

fn row(requirement: &Requirement) -> serde_json::Value {
    let because = match &requirement.standing {
        Standing::Covered(_) => None,
        Standing::Uncovered(reason) => Some(reason),
    };
    json!({
        "id": requirement.id,
        "rfc": requirement.id.rfc,
        "section": requirement.id.section,
        "url": requirement.id.url(),
        "level": requirement.level,
        "binds": requirement.binds,
        "says": requirement.says,
        "scenarios": requirement.scenarios(),
        "because": because,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wrap::WIDTH;

    #[test]
    fn one_rfc_is_shown_alone_and_counted_alone() {
        let ledger = Ledger::embedded().unwrap();
        let text = Shown::of(&ledger, Some(7519)).unwrap().as_text();
        assert!(
            text.starts_with("RFC 7519  JSON Web Token (JWT)\n\nRFC 7519 4  https://www.rfc-editor.org/"),
            "{text}"
        );
        assert!(text.contains("  RFC7519-4.1.4-05  may, of the producer\n"), "{text}");
        assert!(!text.contains("RFC7515-") && !text.contains("Beyond"), "{text}");
        let count = ledger.requirements().filter(|one| one.id.rfc == 7519).count();
        let totals = text.lines().last().unwrap_or_default();
        assert!(totals.starts_with(&format!("{count} requirements, ")), "{totals}");
        assert!(totals.ends_with(" not covered with a reason"), "{totals}");
    }

    #[test]
    fn every_requirement_and_every_scenario_beyond_is_printed_within_the_width() {
        let ledger = Ledger::embedded().unwrap();
        let text = Shown::of(&ledger, None).unwrap().as_text();
        for requirement in ledger.requirements() {
            assert!(text.contains(&format!("  {}  {}", requirement.id, requirement.level)), "{}", requirement.id);
        }
        for beyond in ledger.beyond() {
            assert!(text.contains(&format!("\n  {}\n", beyond.scenario)), "{}", beyond.scenario);
        }
        let wide: Vec<&str> = text.lines().filter(|line| line.chars().count() > WIDTH).collect();
        assert_eq!(wide, Vec::<&str>::new());
    }

    #[test]
    fn an_rfc_that_the_ledger_does_not_hold_is_told_with_those_that_it_does() {
        let ledger = Ledger::embedded().unwrap();
        let failure = Shown::of(&ledger, Some(7520)).err().unwrap();
        assert_eq!(failure.code, crate::exit::NOTHING_SELECTED);
        assert_eq!(failure.message, "the ledger holds nothing of RFC 7520: it knows 6750, 7515, 7519, 8725, 9068");
    }

    #[test]
    fn json_holds_a_row_for_each_requirement() {
        let ledger = Ledger::embedded().unwrap();
        let page: serde_json::Value = serde_json::from_str(&Shown::of(&ledger, None).unwrap().as_json()).unwrap();
        let rows = page["requirements"].as_array().unwrap();
        assert_eq!(rows.len(), ledger.requirements().count());
        let crit = rows.iter().find(|row| row["id"] == "RFC7515-4.1.11-02").unwrap();
        assert_eq!(crit["level"], "must");
        assert_eq!(crit["binds"], "resource-server");
        assert_eq!(crit["scenarios"][0], "signature/crit-unknown");
        assert_eq!(crit["because"], serde_json::Value::Null);
        assert_eq!(page["totals"]["requirements"], rows.len());
        assert_eq!(page["beyond"].as_array().unwrap().len(), ledger.beyond().len());
    }

    #[test]
    fn json_of_one_rfc_says_nothing_of_what_is_beyond() {
        let ledger = Ledger::embedded().unwrap();
        let shown = Shown::of(&ledger, Some(6750)).unwrap();
        let page: serde_json::Value = serde_json::from_str(&shown.as_json()).unwrap();
        assert_eq!(page.get("beyond"), None);
    }
}
