//! A user's profile as Okta has it, and the claims that it means.

use serde_json::{Map, Value};

use super::User;

/// Members of Okta's profile with the claims of OpenID Connect (Core, section 5.1) that
/// they fill.
const CLAIMS: [(&str, &str); 10] = [
    ("firstName", "given_name"),
    ("lastName", "family_name"),
    ("middleName", "middle_name"),
    ("nickName", "nickname"),
    ("displayName", "name"),
    ("email", "email"),
    ("profileUrl", "profile"),
    ("locale", "locale"),
    ("timezone", "zoneinfo"),
    ("primaryPhone", "phone_number"),
];

/// A member of a user's profile, by Okta's name for it, or a claim by its own.
pub(crate) fn member(user: &User, name: &str) -> Option<Value> {
    if name == "login" {
        return Some(user.login.as_str().into());
    }
    let claim = CLAIMS.iter().find(|(known, _)| *known == name).map_or(name, |(_, claim)| *claim);
    let said = || user.record.value("profile").and_then(|profile| profile.get(name));
    user.claims.get(claim).or_else(said).cloned()
}

/// The profile of a user, the members that everybody has first.
pub(crate) fn of(user: &User) -> Map<String, Value> {
    let mut profile = user.record.value("profile").and_then(Value::as_object).cloned().unwrap_or_default();
    for (name, claim) in CLAIMS {
        if let Some(value) = user.claims.get(claim) {
            profile.insert(name.to_owned(), value.clone());
        }
    }
    profile.insert("login".to_owned(), user.login.as_str().into());
    profile
}

/// Forgets the profile of a user, but for the login.
pub(crate) fn clear(user: &mut User) {
    for (_, claim) in CLAIMS {
        user.claims.remove(claim);
    }
    user.record.said.remove("profile");
}

/// Fills the claims of a user from a profile; what is no claim is kept as it was said.
pub(crate) fn fill(user: &mut User, profile: &Map<String, Value>) {
    let text = |name: &str| profile.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    for (name, claim) in CLAIMS {
        if let Some(value) = text(name) {
            user.claims.insert(claim.to_owned(), value.into());
        }
    }
    if let (None, Some(first), Some(last)) = (text("displayName"), text("firstName"), text("lastName")) {
        user.claims.insert("name".to_owned(), format!("{first} {last}").into());
    }
    let is_claim = |name: &str| name == "login" || CLAIMS.iter().any(|(known, _)| *known == name);
    let rest: Map<String, Value> =
        profile.iter().filter(|(name, _)| !is_claim(name)).map(|(name, value)| (name.clone(), value.clone())).collect();
    user.record.said.insert("profile".to_owned(), rest.into());
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_profile_becomes_claims_and_comes_back_whole() {
        let profile = json!({ "login": "ada@example.com", "email": "ada@work.example", "firstName": "Ada",
            "lastName": "Lovelace", "department": "engines" });
        let mut ada = User::new("ada@example.com");
        fill(&mut ada, profile.as_object().unwrap());
        assert_eq!((&ada.claims["name"], &ada.claims["email"]), (&"Ada Lovelace".into(), &"ada@work.example".into()));
        assert!(ada.claims.get("department").is_none(), "it is told by a claim of one's own only");
        assert_eq!(member(&ada, "department"), Some("engines".into()));
        let mut told = of(&ada);
        assert_eq!(told.remove("displayName"), Some("Ada Lovelace".into()));
        assert_eq!(Value::from(told), profile);
    }
}
