//! `mock-idp init`: a configuration file to begin with.

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;

use super::error::CliError;
use super::new_file;

/// Every setting, as a comment. A `#` before a setting has no space behind it.
const TEMPLATE: &str = include_str!("../../templates/mock-idp.toml");

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// The file
    #[arg(default_value = "mock-idp.toml")]
    file: PathBuf,
    /// Replace the file if it is there
    #[arg(long)]
    force: bool,
}

pub(super) fn init(args: &InitArgs) -> Result<(), CliError> {
    new_file::write(&args.file, TEMPLATE, args.force)?;
    let file = args.file.display();
    Ok(writeln!(std::io::stdout().lock(), "wrote {file}; serve with it: mock-idp --config {file}")?)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use mock_idp::config::Config;

    use super::*;

    /// The table of servers, and members of a JWK Set.
    const ELSEWHERE: [&str; 3] = ["server", "keys", "use"];

    /// The template with every setting counting; what can't stand beside another, or
    /// names a file, is a remark in it.
    fn uncommented() -> String {
        let line = |line: &'static str| match line.strip_prefix('#') {
            Some(setting) if !setting.starts_with(' ') => setting,
            _ => line,
        };
        TEMPLATE.lines().map(line).collect::<Vec<_>>().join("\n")
    }

    /// The names that the readers of the configuration ask for.
    fn words() -> Vec<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/config");
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let readers = files.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with("read"));
        let sources = readers.map(|path| std::fs::read_to_string(path).unwrap());
        // Tests come last in a file, and ask for nothing new.
        let code = sources.map(|source| source.split("#[cfg(test)]").next().unwrap_or_default().to_owned());
        code.flat_map(|code| {
            ["get(\"", "text(\"", "texts(\"", "flag(\"", "require(\""].map(|call| asked(&code, call)).concat()
        })
        .collect()
    }

    /// The names in the calls that begin so.
    fn asked(code: &str, call: &str) -> Vec<String> {
        code.split(call).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
    }

    #[test]
    fn the_file_says_the_defaults_until_a_setting_counts() {
        let (own, defaults) = (Config::parse(TEMPLATE, Path::new("")).unwrap(), Config::default());
        assert_eq!(format!("{own:?}"), format!("{defaults:?}"));
    }

    #[test]
    fn every_setting_of_the_file_is_one() {
        let config = Config::parse(&uncommented(), Path::new("")).unwrap();
        assert_eq!(config.servers[0].clients.len(), 2);
    }

    #[test]
    fn every_word_of_the_configuration_stands_in_the_file() {
        let words = words();
        assert!(words.len() > 30, "{words:?}");
        for word in words.iter().filter(|word| !ELSEWHERE.contains(&word.as_str())) {
            let stands = ["#", "# ", "{ ", ", ", "server.default."].map(|before| format!("{before}{word}"));
            let is_there = stands
                .iter()
                .any(|text| TEMPLATE.contains(&format!("{text} =")) || TEMPLATE.contains(&format!("{text}]]")));
            assert!(is_there, "`{word}` is missing: add it to templates/mock-idp.toml");
        }
    }
}
