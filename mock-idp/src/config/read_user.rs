//! A `[[server.ID.user]]` table.

use super::{Secret, User};
use crate::input::{InputError, Node};

pub(super) fn user(node: &Node) -> Result<User, InputError> {
    let table = node.as_table()?;
    let mut user = User::new(table.require("login")?.as_str()?);
    if let Some(id) = table.text("id")? {
        id.clone_into(&mut user.id);
    }
    user.password = table.text("password")?.map(Secret::new);
    user.headless = table.flag("headless")?;
    user.mfa = table.flag("mfa")?;
    user.clients = table.get("clients").map(Node::as_texts).transpose()?;
    if let Some(claims) = table.get("claims") {
        for entry in claims.as_table()?.entries() {
            user.claims.insert(entry.name.clone(), entry.node.to_json());
        }
    }
    table.finish()?;
    Ok(user)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::Config;

    #[rstest]
    #[case("password = 'x'", "server.a.user[0]: `login` is missing")]
    #[case("login = ''", "server.a.user[0].login: must have 1 to 256 characters, and no control characters")]
    #[case("login = 'x'\nlogn = 'y'", "server.a.user[0].logn: `logn` is not known here (did you mean `login`?)")]
    #[case(
        "login = 'x'\nclaims = { sub = 'y' }",
        "server.a.user[0].claims.sub: the server says this itself: leave it out"
    )]
    #[case(
        "login = 'x'\nclients = ['nobody']",
        "server.a.user[0].clients: the server has no client \"nobody\": add it as a server.a.client"
    )]
    #[case("login = 'x'\n[[server.a.user]]\nlogin = 'x'", "server.a.user[1]: \"x\" stands there twice")]
    fn a_mistake_of_a_user_is_told_with_the_field(#[case] fields: &str, #[case] expected: &str) {
        let text = format!("[[server.a.user]]\n{fields}");
        assert_eq!(Config::parse(&text, "".as_ref()).unwrap_err().to_string(), expected);
    }

    #[test]
    fn what_a_user_is_told_to_claim_replaces_the_default() {
        let text = "[[server.a.user]]\nlogin = 'ada@example.com'\nclaims = { name = 'Ada', groups = ['admins'] }";
        let config = Config::parse(text, "".as_ref()).unwrap();
        let ada = &config.server("a").unwrap().users[0];
        assert_eq!((&ada.claims["name"], &ada.claims["email"]), (&"Ada".into(), &"ada@example.com".into()));
    }
}
