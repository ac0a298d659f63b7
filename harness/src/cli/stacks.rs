use std::fmt::Write as _;

use super::args::StacksArgs;
use super::output;
use crate::error::Failure;
use crate::stacks::{Stack, Stacks};
use crate::wrap::wrap;

/// `badpenny stacks`: what measured verifiers do with their issuer's keys.
pub(super) fn stacks(args: &StacksArgs) -> Result<u8, Failure> {
    let stacks = Stacks::embedded().map_err(Failure::fault)?;
    let chosen: Vec<&Stack> = match &args.name {
        Some(name) => stacks.named(name).collect(),
        None => stacks.all.iter().collect(),
    };
    if chosen.is_empty() {
        let message = "no library of that name was measured: `badpenny stacks` lists those that were";
        return Err(Failure::nothing_selected(message));
    }
    output::print(&if args.markdown { as_markdown(&chosen) } else { as_text(&chosen, &stacks.measured) })?;
    Ok(crate::exit::SUCCESS)
}

fn as_text(stacks: &[&Stack], measured: &str) -> String {
    let mut out = String::new();
    for stack in stacks {
        let _ = writeln!(out, "{} {} ({})", stack.name, stack.version, stack.language);
        for (what, says) in rows(stack) {
            let _ = writeln!(out, "  {what:<15} {says}");
        }
        if let Some(note) = &stack.note {
            let _ = writeln!(out, "{}", wrap(note, 18));
        }
        out.push('\n');
    }
    let _ = writeln!(out, "Measured on {measured}, each set up as its documentation shows.");
    out
}

fn as_markdown(stacks: &[&Stack]) -> String {
    let titles =
        ["library", "new key seen", "keys kept", "Cache-Control", "timeout", "issuer away", "refresh", "besides"];
    let mut out = format!("| {} |\n|{}\n", titles.join(" | "), "---|".repeat(titles.len()));
    for stack in stacks {
        let cells: Vec<String> = rows(stack).into_iter().map(|(_, says)| says).collect();
        let name = format!("{}, {} {}", stack.language, stack.name, stack.version);
        let note = stack.note.as_deref().unwrap_or_default();
        let _ = writeln!(out, "| {name} | {} | {note} |", cells.join(" | "));
    }
    out
}

/// What is told of each, in the order of the columns.
fn rows(stack: &Stack) -> [(&'static str, String); 6] {
    [
        ("new key seen", new_key(stack)),
        ("keys kept", kept(stack)),
        ("Cache-Control", stack.cache_control.clone()),
        ("timeout", stack.timeout.map_or_else(|| "none seen".to_owned(), seconds)),
        ("issuer away", stack.away.clone()),
        ("refresh", stack.refresh().map_or_else(|| "-".to_owned(), |refresh| format!("--refresh {refresh}"))),
    ]
}

fn new_key(stack: &Stack) -> String {
    match (stack.looks_after, stack.new_key_after()) {
        (Some(0.0), Some(0.0)) => "at once".to_owned(),
        (Some(_), Some(after)) => format!("after {}", seconds(after)),
        (None, Some(expiry)) => format!("when the set expires, after {}", seconds(expiry)),
        (_, None) if stack.kept.is_some() => "when the set expires".to_owned(),
        (_, None) => "after a restart".to_owned(),
    }
}

fn kept(stack: &Stack) -> String {
    match (stack.kept, stack.at_least) {
        (None, _) => "for ever".to_owned(),
        (Some(0.0), _) => "not at all".to_owned(),
        (Some(kept), false) => seconds(kept),
        (Some(kept), true) => format!("longer than {}", seconds(kept)),
    }
}

fn seconds(seconds: f64) -> String {
    if seconds >= 60.0 && seconds % 60.0 == 0.0 { format!("{} min", seconds / 60.0) } else { format!("{seconds} s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_holds_the_table_as_it_is_printed() {
        let stacks = Stacks::embedded().unwrap();
        let table = as_markdown(&stacks.all.iter().collect::<Vec<_>>());
        let page = include_str!("../../STACKS.md");
        assert!(page.contains(&table), "put this into STACKS.md:\n{table}");
        assert!(page.contains(&stacks.measured));
    }

    #[test]
    fn a_library_is_told_line_by_line() {
        let stacks = Stacks::embedded().unwrap();
        let text = as_text(&stacks.named("pyjwt").collect::<Vec<_>>(), &stacks.measured);
        assert!(text.starts_with("PyJWT 2.15.1 (Python)\n  new key seen    after 30 s\n"), "{text}");
        assert!(text.contains("  keys kept       5 min\n"), "{text}");
    }
}
