use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use mock_idp::clock::Clock;
use mock_idp::input::InputError;

use super::args::AcceptArgs;
use super::{config, load, output};
use crate::error::Failure;
use crate::excuse::{Accept, AdditionError, Date, Draft, Within, append};
use crate::scenario::Catalogue;

/// `badpenny accept ID`: one entry more in a file.
pub(super) fn accept(mut args: AcceptArgs, clock: &Clock) -> Result<u8, Failure> {
    let settings = config::accept(&mut args)?;
    let path = args.file.clone().unwrap_or_else(|| settings.clone());
    let within = if is_same(&path, &settings) { Within::Settings } else { Within::AFileOfItsOwn };
    let catalogue = load::catalogue(&args.scenarios)?;
    let accept = entry(&args, &path, &catalogue, Date::today(clock))?;
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        Err(error) => return Err(Failure::usage(format!("{} cannot be read: {error}", path.display()))),
    };
    let addition = append(&text, &accept, within, &catalogue).map_err(|error| match error {
        AdditionError::Unreadable(error) => Failure::usage(load::pointed(&accept.file, text.clone(), &error)),
        other => Failure::usage(other),
    })?;
    write(&path, &addition)
        .map_err(|error| Failure::usage(format!("{} cannot be written: {error}", path.display())))?;
    let target = accept.target.as_ref().map(|target| format!(" of {target}")).unwrap_or_default();
    output::print(&format!("{}{target} is accepted until {}: written to {}\n", accept.id, accept.until, accept.file))?;
    if within == Within::AFileOfItsOwn {
        output::notice(&format!(
            "it holds for runs with --accept-file {0}, or with accept-file = \"{0}\" in {1}\n",
            accept.file,
            settings.display()
        ));
    }
    Ok(crate::exit::SUCCESS)
}

/// Whether both lead to one file, or would.
fn is_same(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().ok();
    one == other || real(one).is_some_and(|one| Some(one) == real(other))
}

/// The entry that the arguments ask for.
fn entry(args: &AcceptArgs, path: &Path, catalogue: &Catalogue, today: Date) -> Result<Accept, Failure> {
    let draft = Draft {
        id: &args.id,
        reason: &args.reason,
        owner: args.owner.as_deref(),
        until: args.until.clone(),
        target: args.target.as_deref(),
    };
    let accept = draft.check(&path.display().to_string(), catalogue).map_err(|error| wrong(&error))?;
    if accept.has_expired(today) {
        return Err(Failure::usage(format!("--until {} has passed: today is {today}", accept.until)));
    }
    Ok(accept)
}

/// What is wrong with an argument.
fn wrong(error: &InputError) -> Failure {
    let help = error.help.as_ref().map(|help| format!(": {help}")).unwrap_or_default();
    match error.path.rsplit('.').next() {
        Some("id") => Failure::nothing_selected(format!("{}{help}", error.message)),
        Some(name) => Failure::usage(format!("--{name}: {}{help}", error.message)),
        None => Failure::usage(error),
    }
}

/// Writes behind what is there, which stays as it is.
fn write(path: &Path, addition: &str) -> std::io::Result<()> {
    let mut file = OpenOptions::new().append(true).create(true).open(path)?;
    file.write_all(addition.as_bytes())?;
    file.flush()
}
