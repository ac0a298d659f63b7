use super::families::IDLE;
use super::*;

fn grant() -> Grant {
    let user = SignIn { login: "user@example.com".into(), auth_time: 0 };
    let scopes = vec!["openid".into(), "offline_access".into()];
    Grant { id: "oar1".into(), client: "app".into(), user, scopes, acr: None, resources: Vec::new() }
}

fn with_code(code: &str) -> Sessions {
    let sessions = Sessions::default();
    let granted =
        Code { grant: grant(), redirect_uri: "http://localhost/cb".into(), challenge: None, nonce: None, jkt: None };
    sessions.issue(code, granted, 0);
    sessions
}

fn fine(_: &Grant) -> Result<(), &'static str> {
    Ok(())
}

/// A sign-in with an access token until 1000 and the refresh token `first`.
fn with_refresh_token() -> Sessions {
    let sessions = with_code("code");
    sessions.redeem("code", 0, |_| Ok::<_, ()>(())).unwrap();
    sessions.add_refresh_token(&grant(), "first", 0);
    sessions.add_access_token(&grant(), Handle::of("access"), 1000, 0);
    sessions
}

fn rotate<'a>(token: &'a str, next: &'a str, now: i64) -> Refresh<'a> {
    Refresh { token, client: "app", next: Some(next), leeway: 30, now, jkt: None }
}

#[test]
fn a_code_is_good_once_for_five_minutes() {
    let sessions = with_code("code");
    let redeem = |now| sessions.redeem("code", now, |_| Ok::<_, ()>(())).is_ok();
    assert!(!redeem(300));
    assert!(redeem(299));
    assert!(!redeem(299));
}

#[test]
fn a_code_that_fails_the_check_stays() {
    let sessions = with_code("code");
    let redeem = |answer: Result<(), &'static str>| sessions.redeem("code", 0, |_| answer).map(drop);
    assert_eq!(redeem(Err("no")), Err(RedeemError::Refused("no")));
    assert_eq!(redeem(Ok(())), Ok(()));
}

#[test]
fn a_code_sent_again_ends_what_came_of_it() {
    let sessions = with_refresh_token();
    let again = sessions.redeem("code", 1, |_| Ok::<_, ()>(()));
    assert!(matches!(again, Err(RedeemError::Invalid)));
    assert!(sessions.is_revoked(Handle::of("access"), 1));
    assert_eq!(sessions.refresh(&rotate("first", "second", 1), fine), Err(RefreshError::Invalid));
}

#[test]
fn a_replaced_refresh_token_is_good_within_the_leeway() {
    let sessions = with_refresh_token();
    assert!(sessions.refresh(&rotate("first", "second", 10), fine).is_ok());
    assert!(sessions.refresh(&rotate("first", "third", 39), fine).is_ok());
    assert!(sessions.refresh(&rotate("second", "fourth", 100), fine).is_ok());
    assert!(!sessions.is_revoked(Handle::of("access"), 100));
}

#[test]
fn a_refresh_token_replaced_long_ago_ends_its_family() {
    let sessions = with_refresh_token();
    sessions.refresh(&rotate("first", "second", 10), fine).unwrap();
    assert_eq!(sessions.refresh(&rotate("first", "third", 40), fine), Err(RefreshError::Invalid));
    assert_eq!(sessions.refresh(&rotate("second", "fourth", 40), fine), Err(RefreshError::Invalid));
    assert!(sessions.is_revoked(Handle::of("access"), 40));
    assert!(!sessions.is_revoked(Handle::of("access"), 1000), "it is over by itself");
}

#[test]
fn what_goes_out_in_the_place_of_an_access_token_ends_with_its_family() {
    let sessions = with_refresh_token();
    sessions.replace_access_token(Handle::of("access"), Handle::of("other"), 2000, 0);
    sessions.replace_access_token(Handle::of("of nobody"), Handle::of("free"), 2000, 0);
    sessions.end(&grant(), 1);
    assert!(sessions.is_revoked(Handle::of("other"), 1999), "until it is over by itself");
    assert!(!sessions.is_revoked(Handle::of("free"), 1));
}

#[test]
fn nobody_ends_the_family_of_another_client() {
    let sessions = with_refresh_token();
    sessions.refresh(&rotate("first", "second", 10), fine).unwrap();
    let stranger = Refresh { client: "other", ..rotate("first", "third", 100) };
    assert_eq!(sessions.refresh(&stranger, fine), Err(RefreshError::OfAnotherClient));
    assert!(sessions.refresh(&rotate("second", "third", 100), fine).is_ok());
}

#[test]
fn a_refresh_token_that_stays_is_over_seven_days_after_its_last_use() {
    let sessions = with_refresh_token();
    let stays = |now| Refresh { next: None, ..rotate("first", "", now) };
    assert!(sessions.refresh(&stays(IDLE - 1), fine).is_ok());
    assert_eq!(sessions.refresh_token("first", IDLE).map(|(_, ends)| ends), Some(2 * IDLE - 1));
    assert!(sessions.refresh(&stays(2 * IDLE - 2), fine).is_ok());
    assert!(sessions.refresh(&stays(3 * IDLE), fine).is_err());
}

#[test]
fn a_refresh_token_that_is_bound_to_a_key_takes_that_key() {
    let sessions = with_refresh_token();
    sessions.bind(&grant(), "key", 0);
    let with = |jkt| Refresh { jkt, ..rotate("first", "second", 10) };
    assert_eq!(sessions.refresh(&with(None), fine), Err(RefreshError::WithoutKey));
    assert_eq!(sessions.refresh(&with(Some("other")), fine), Err(RefreshError::OfAnotherKey));
    assert!(sessions.refresh(&with(Some("key")), fine).is_ok());
}

#[test]
fn a_ticket_is_good_once_and_with_its_browser_only() {
    let sessions = Sessions::default();
    let back = ReturnTo { redirect_uri: "http://localhost/cb".into(), mode: ResponseMode::Query, state: None };
    let (client, scopes, resources, consent) = ("app".into(), Vec::new(), Vec::new(), Consent::AsNeeded);
    let response_type = ResponseType { code: true, id_token: false, token: false };
    let (nonce, challenge, jkt, acr) = (None, None, None, None);
    let asked = Asked { client, response_type, scopes, nonce, challenge, jkt, acr, resources, consent, back };
    let purpose = Purpose::Authorize(asked);
    sessions.show("ticket", Ticket { purpose, user: None, browser: Handle::of("mine") }, 0);
    assert!(sessions.take_ticket("ticket", None, 0).is_none());
    assert!(sessions.take_ticket("ticket", Some(Handle::of("another")), 0).is_none());
    assert!(sessions.take_ticket("ticket", Some(Handle::of("mine")), 0).is_some());
    assert!(sessions.take_ticket("ticket", Some(Handle::of("mine")), 0).is_none());
}

#[test]
fn whoever_signs_out_is_signed_in_no_more() {
    let sessions = Sessions::default();
    sessions.sign_in("cookie", grant().user, 0);
    assert_eq!(sessions.signed_in("cookie", 7199), Some(grant().user));
    sessions.sign_out("cookie", 0);
    assert_eq!(sessions.signed_in("cookie", 0), None);
}

#[test]
fn a_consent_is_a_users_for_a_client_to_a_scope() {
    let sessions = Sessions::default();
    sessions.consent("ada", "app", &["read".into(), "write".into()], 0);
    assert!(sessions.has_consented("ada", "app", "read", 0) && sessions.has_consented("ada", "app", "write", 0));
    for (login, client, scope) in [("bob", "app", "read"), ("ada", "web", "read"), ("ada", "app", "own")] {
        assert!(!sessions.has_consented(login, client, scope, 0), "{login} {client} {scope}");
    }
    assert!(!sessions.has_consented("ada", "app", "read", 31_536_000));
}

#[test]
fn state_stays_within_its_bounds() {
    let sessions = with_code("code");
    for number in 0..CAPACITY + 10 {
        sessions.sign_in(&number.to_string(), grant().user, 0);
    }
    assert!(format!("{sessions:?}").contains("sign_ins: Store(10000 of 10000)"));
    assert_eq!(sessions.signed_in("9", 0), None);
    assert!(sessions.signed_in("10", 0).is_some());
}
