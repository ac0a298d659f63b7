//! What the README shows is so.

use mock_idp::config::Config;

#[test]
fn the_configuration_of_the_readme_is_read() {
    let readme = include_str!("../README.md");
    let section = readme.split("## Configuration").nth(1).unwrap();
    let example = section.split("```").nth(1).and_then(|block| block.strip_prefix("toml\n")).unwrap();
    let without_key: String =
        example.lines().filter(|line| !line.starts_with("key_file")).map(|line| format!("{line}\n")).collect();
    let config = Config::parse(&without_key, "".as_ref()).unwrap();
    let orders = config.server("orders").unwrap();
    assert_eq!((orders.scopes.len(), orders.clients.len(), orders.users.len()), (2, 2, 1));
}
