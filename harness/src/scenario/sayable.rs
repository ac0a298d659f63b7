//! What a dialect of tokens can say of a case: a role that no claim has leaves
//! nothing to be tried.

use mock_idp::dialect::{Dialect, Role, ScopeClaim, ScopeForm, Shape};
use mock_idp::mutation::{Edit, Expression, MemberChange, Mutation, Part, RoleChange, TokenKind};

use super::expectation::Access;
use super::plan::Case;

impl Case {
    /// Why this dialect has no token for the case; `None` where it has.
    pub(crate) fn unsayable_in(&self, dialect: &Dialect) -> Option<String> {
        let sizes = self.sizes();
        let edits = || sizes.iter().flat_map(|size| size.variant.token.edits());
        if dialect.scope_claim().is_none() && (edits().any(is_about_scopes) || self.scenario.id.starts_with("scope/")) {
            return Some("the API asks for no scope".to_owned());
        }
        if self.name() == REPEATED && dialect.scope_claim().is_none() {
            return Some("the API asks for no scope".to_owned());
        }
        if self.name() == REPEATED && !stands_where_it_is_repeated(dialect) {
            return Some("it repeats `scp` and `scope` alone, and this dialect has its scopes elsewhere".to_owned());
        }
        if dialect.takes_id_tokens() && edits().any(|edit| matches!(edit, Edit::Kind(TokenKind::IdToken))) {
            return Some("the API takes ID Tokens by design (id-tokens)".to_owned());
        }
        if dialect.scopes_are_paths() && self.name() == SHORTER {
            return Some("a shorter scope is the same permission (scopes-are-paths)".to_owned());
        }
        let tokens = || sizes.iter().map(|size| &size.variant.token);
        match self.expectation().map(|expected| expected.access)? {
            Access::Refused => tokens().find_map(|token| good_in(token, dialect)),
            Access::Accepted => tokens().find_map(|token| foreign_to(token, dialect)),
            Access::Either => None,
        }
    }
}

/// Why a token that is to be refused is a good one in this dialect.
fn good_in(token: &Mutation, dialect: &Dialect) -> Option<String> {
    let place = place_that_grants(token, dialect)?;
    Some(format!("\"{place}\" is where this dialect has its scopes, so that it grants there"))
}

/// Why a token that is to be accepted is none of this dialect: honest issuers of it
/// issue no such token.
fn foreign_to(token: &Mutation, dialect: &Dialect) -> Option<String> {
    let edits = token.edits();
    let without_scope =
        edits.iter().any(|edit| matches!(edit, Edit::Role { role: Role::Scope, change: RoleChange::Remove }));
    if without_scope && place_that_grants(token, dialect).is_none() {
        return Some("its scopes stand in a claim that is not this dialect's".to_owned());
    }
    if edits.iter().any(removes_typ) && dialect.typ().is_some() {
        return Some("a token of this dialect states its typ".to_owned());
    }
    if let Some(typ) = edits.iter().find_map(spelt_typ)
        && !dialect.typ().is_some_and(|own| own.eq_ignore_ascii_case(&typ))
    {
        return Some(format!("the typ of a token of this dialect is not \"{typ}\", in whatever case"));
    }
    if dialect.shape() == Shape::Rfc9068 && edits.iter().any(removes_issue_time) {
        return Some("RFC 9068 asks for `iat`".to_owned());
    }
    if edits.iter().any(lists_audience) && dialect.audience_claim().top() != Some("aud") {
        return Some(format!("\"{}\", which names the API in this dialect, is no list", dialect.audience_claim()));
    }
    None
}

fn removes_typ(edit: &Edit) -> bool {
    matches!(edit, Edit::Member { part: Part::Header, name, change: MemberChange::Remove } if name == "typ")
}

/// The one `typ` that is another spelling of the usual one.
fn spelt_typ(edit: &Edit) -> Option<String> {
    match edit {
        Edit::Member { part: Part::Header, name, change: MemberChange::Set(Expression::Text(text)) }
            if name == "typ" =>
        {
            text.as_literal().filter(|typ| typ.eq_ignore_ascii_case("JWT"))
        }
        _ => None,
    }
}

fn removes_issue_time(edit: &Edit) -> bool {
    matches!(edit, Edit::Member { part: Part::Payload, name, change: MemberChange::Remove } if name == "iat")
}

fn lists_audience(edit: &Edit) -> bool {
    matches!(edit, Edit::Role { role: Role::Audience, change: RoleChange::Set(Expression::List(_)) })
}

/// The case that states scopes twice, in either of their usual claims.
const REPEATED: &str = "structure/duplicate-claim@scope-last-bad";

fn stands_where_it_is_repeated(dialect: &Dialect) -> bool {
    let usual = |own: &ScopeClaim| match own.form {
        ScopeForm::List => own.path.top() == Some("scp"),
        ScopeForm::Text => own.path.top() == Some("scope"),
        _ => false,
    };
    dialect.scope_claim().is_some_and(usual)
}

/// The case whose scope is the required one, cut off.
const SHORTER: &str = "scope/partial-match@shortened";

fn is_about_scopes(edit: &Edit) -> bool {
    matches!(edit, Edit::Scopes(_) | Edit::Role { role: Role::Scope, .. })
}

/// The place where a mutation puts the required scope by hand, where it is the
/// dialect's own, in its own form.
fn place_that_grants(token: &Mutation, dialect: &Dialect) -> Option<String> {
    let own = dialect.scope_claim()?;
    // The word on the own claim that comes last counts.
    let last = token.edits().iter().rev().find(|edit| is_about_scopes(edit) || is_of_claim(edit, own.path.top()))?;
    let is_granted = match last {
        Edit::Member { change: MemberChange::Set(value), .. } => grants(value, own.form),
        // An object whose member is called so.
        Edit::Role { change: RoleChange::Raw(text), .. } => own.form == ScopeForm::Names && text.uses("scope"),
        _ => false,
    };
    is_granted.then(|| own.path.to_string())
}

fn is_of_claim(edit: &Edit, own: Option<&str>) -> bool {
    matches!(edit, Edit::Member { part: Part::Payload, name, .. } if own == Some(name))
}

fn grants(value: &Expression, form: ScopeForm) -> bool {
    let is_required = |value: &Expression| matches!(value, Expression::Text(text) if text.is_placeholder("scope"));
    match (value, form) {
        (Expression::List(items), ScopeForm::List) => items.iter().any(is_required),
        (Expression::Text(text), ScopeForm::Text) => text.has_word("scope"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;
    use crate::scenario::{Catalogue, Plan};

    fn unsayable(name: &str, changes: &serde_json::Value) -> Option<String> {
        let dialect = Dialect::default().with(changes).unwrap();
        let catalogue = Catalogue::embedded().unwrap();
        let of = |profile: &&str| Plan::new(&catalogue, profile, &[name.parse().unwrap()]).ok();
        let plan = ["okta", "core-plus", "rfc8725", "hardening", "interop"].iter().find_map(of).unwrap();
        plan.cases[0].unsayable_in(&dialect)
    }

    #[rstest]
    #[case("scope/missing-required@other-scope", json!({"scope-claim": false}), Some("asks for no scope"))]
    #[case("structure/duplicate-claim@scope-last-bad", json!({"scope-claim": "roles"}), Some("has its scopes elsewhere"))]
    #[case("structure/duplicate-claim@scope-last-bad", json!({"scope-claim": "scope-string"}), None)]
    #[case("structure/duplicate-claim@scope-last-bad", json!({"scope-claim": false}), Some("asks for no scope"))]
    #[case("interop/headers@typ-in-lower-case", json!({}), Some("is not \"jwt\""))]
    #[case("interop/headers@typ-in-lower-case", json!({"shape": "auth0"}), None)]
    #[case("interop/claims@exp-alone", json!({"shape": "rfc9068"}), Some("RFC 9068 asks for `iat`"))]
    #[case("interop/claims@exp-alone", json!({}), None)]
    #[case("baseline/scope-superset-and-order@first", json!({"scope-claim": false}), Some("asks for no scope"))]
    #[case("time/expired@one-hour", json!({"scope-claim": false}), None)]
    #[case("scope/missing-required@other-scope", json!({"scope-claim": "/realm_access/roles"}), None)]
    #[case("token-type/id-token@okta-shape", json!({"id-tokens": true}), Some("ID Tokens by design"))]
    #[case("scope/wildcard-and-aliases@roles", json!({"scope-claim": "roles"}), Some("\"roles\" is where"))]
    #[case("scope/wildcard-and-aliases@roles", json!({"scope-claim": "permissions"}), None)]
    #[case("scope/partial-match@shortened", json!({"scopes-are-paths": true}), Some("shorter scope"))]
    #[case("scope/partial-match@inside-a-string", json!({}), None)]
    #[case("scope/typed-garbage@key-of-an-object", json!({"shape": "zitadel"}), Some("grants there"))]
    #[case("scope/typed-garbage@number", json!({"shape": "zitadel"}), None)]
    #[case("baseline/aud-array@one-element", json!({"shape": "cognito"}), Some("is no list"))]
    #[case("baseline/typ-absent@kid-and-alg-only", json!({"typ": "JWT"}), Some("states its typ"))]
    #[case("baseline/typ-absent@kid-and-alg-only", json!({}), None)]
    fn a_role_that_a_dialect_does_not_have_leaves_its_cases_out(
        #[case] name: &str,
        #[case] changes: serde_json::Value,
        #[case] told: Option<&str>,
    ) {
        let why = unsayable(name, &changes);
        match told {
            Some(told) => assert!(why.as_deref().is_some_and(|why| why.contains(told)), "{why:?}"),
            None => assert_eq!(why, None),
        }
    }
}
