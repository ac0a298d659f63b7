use std::sync::{Mutex, MutexGuard, PoisonError};

use super::devices::{Device, Devices, Poll, PollError};
use super::families::{Families, IDLE, Refresh, RefreshError};
use super::store::Store;
use super::{Activation, CAPACITY, Code, Grant, Handle, SignIn, Ticket};

/// How many pages: each holds a whole request.
const TICKETS: usize = 1000;
/// How long a page can be sent, in seconds.
const TICKET_LIFETIME: i64 = 3600;
/// How long a browser stays signed in, in seconds.
const SIGN_IN_LIFETIME: i64 = 7200;
/// How long a consent stands, in seconds: a year. Okta's ends when it is revoked.
const CONSENT_LIFETIME: i64 = 31_536_000;
/// How long a code is good, in seconds: as at Okta.
const CODE_LIFETIME: i64 = 300;

/// What one authorization server remembers.
#[derive(Debug)]
pub(crate) struct Sessions(Mutex<State>);

#[derive(Debug)]
struct State {
    tickets: Store<Ticket>,
    sign_ins: Store<SignIn>,
    consents: Store<()>,
    devices: Devices,
    codes: Store<KnownCode>,
    families: Families,
    /// The logins of users who had tokens, by their ids.
    logins: Store<String>,
}

/// A code, and what was done with it.
#[derive(Debug)]
struct KnownCode {
    code: Code,
    is_used: bool,
    /// Whether somebody who could not prove to be the client has sent it.
    was_refused: bool,
}

/// A code that is taken.
#[derive(Debug, Clone)]
pub(crate) struct Redeemed {
    pub(crate) code: Code,
    /// Whether it was sent before, with wrong credentials.
    pub(crate) is_again: bool,
}

/// Why a code is not taken.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum RedeemError<E> {
    /// It was never issued here, is over, or was used before.
    Invalid,
    /// It is good, but not for this request.
    Refused(E),
}

impl Default for Sessions {
    fn default() -> Self {
        Self(Mutex::new(State {
            tickets: Store::new(TICKETS),
            sign_ins: Store::new(CAPACITY),
            consents: Store::new(CAPACITY),
            devices: Devices::new(),
            codes: Store::new(CAPACITY),
            families: Families::new(),
            logins: Store::new(CAPACITY),
        }))
    }
}

/// Sign-ins.
impl Sessions {
    /// Keeps what a page was shown for, under its ticket.
    pub(crate) fn show(&self, ticket: &str, shown: Ticket, now: i64) {
        self.lock().tickets.put(Handle::of(ticket), shown, now, TICKET_LIFETIME);
    }

    /// What is behind a ticket, which is good once, and with the browser that it was
    /// given to only.
    pub(crate) fn take_ticket(&self, ticket: &str, browser: Option<Handle>, now: i64) -> Option<Ticket> {
        let mut state = self.lock();
        state.tickets.get(Handle::of(ticket), now).filter(|shown| Some(shown.browser) == browser)?;
        state.tickets.take(Handle::of(ticket), now)
    }

    /// The client that a ticket's request is of.
    pub(crate) fn asked_by(&self, ticket: &str, now: i64) -> Option<String> {
        self.lock().tickets.get(Handle::of(ticket), now).map(|shown| shown.purpose.client().to_owned())
    }

    /// Signs a user in with the browser that has `cookie`.
    pub(crate) fn sign_in(&self, cookie: &str, user: SignIn, now: i64) {
        self.lock().sign_ins.put(Handle::of(cookie), user, now, SIGN_IN_LIFETIME);
    }

    pub(crate) fn signed_in(&self, cookie: &str, now: i64) -> Option<SignIn> {
        self.lock().sign_ins.get(Handle::of(cookie), now).cloned()
    }

    pub(crate) fn sign_out(&self, cookie: &str, now: i64) {
        self.lock().sign_ins.take(Handle::of(cookie), now);
    }
}

/// Consents: of a user, for a client, to a scope.
impl Sessions {
    pub(crate) fn consent(&self, login: &str, client: &str, scopes: &[String], now: i64) {
        let mut state = self.lock();
        for scope in scopes {
            state.consents.put(consent_to(login, client, scope), (), now, CONSENT_LIFETIME);
        }
    }

    pub(crate) fn has_consented(&self, login: &str, client: &str, scope: &str, now: i64) -> bool {
        self.lock().consents.get(consent_to(login, client, scope), now).is_some()
    }
}

/// Neither a scope nor a login has a line break.
fn consent_to(login: &str, client: &str, scope: &str) -> Handle {
    Handle::of(&format!("{scope}\n{login}\n{client}"))
}

/// Devices (RFC 8628).
impl Sessions {
    pub(crate) fn start_device(&self, device_code: &str, device: Device, now: i64) {
        self.lock().devices.start(Handle::of(device_code), device, now);
    }

    /// The device that shows that code, as long as its user can decide.
    pub(crate) fn activation(&self, user_code: &str, now: i64) -> Option<Activation> {
        self.lock().devices.find(user_code, now)
    }

    /// Approves a device for a user, or denies it; false where that came too late.
    pub(crate) fn decide_device(&self, device: Handle, user: Option<SignIn>, now: i64) -> bool {
        self.lock().devices.decide(device, user, now)
    }

    /// What a device that asks with its code gets to know. What it is granted is its
    /// own once.
    pub(crate) fn poll_device(&self, device_code: &str, client: &str, now: i64) -> Result<Poll, PollError> {
        self.lock().devices.poll(Handle::of(device_code), client, now)
    }

    pub(crate) fn has_device(&self, device_code: &str, now: i64) -> bool {
        self.lock().devices.has(Handle::of(device_code), now)
    }
}

/// Codes.
impl Sessions {
    pub(crate) fn issue(&self, code: &str, granted: Code, now: i64) {
        self.lock().codes.put(
            Handle::of(code),
            KnownCode { code: granted, is_used: false, was_refused: false },
            now,
            CODE_LIFETIME,
        );
    }

    /// Takes a code that passes the check, once; one that does not stays. Whoever
    /// sends it again ends what came of it (RFC 6749, section 4.1.2).
    pub(crate) fn redeem<E>(
        &self,
        code: &str,
        now: i64,
        check: impl FnOnce(&Code) -> Result<(), E>,
    ) -> Result<Redeemed, RedeemError<E>> {
        let mut state = self.lock();
        let state = &mut *state;
        let known = state.codes.get_mut(Handle::of(code), now).ok_or(RedeemError::Invalid)?;
        check(&known.code).map_err(RedeemError::Refused)?;
        let code = known.code.clone();
        if std::mem::replace(&mut known.is_used, true) {
            state.families.end(code.grant.family(), now);
            return Err(RedeemError::Invalid);
        }
        state.families.begin(code.grant.clone(), now);
        Ok(Redeemed { code, is_again: known.was_refused })
    }

    /// Notes that somebody who could not prove to be the client has sent a code.
    pub(crate) fn refuse(&self, code: &str, now: i64) {
        if let Some(known) = self.lock().codes.get_mut(Handle::of(code), now) {
            known.was_refused = true;
        }
    }

    pub(crate) fn has_issued(&self, code: &str, now: i64) -> bool {
        self.lock().codes.get(Handle::of(code), now).is_some()
    }
}

/// Tokens.
impl Sessions {
    /// Takes note of a grant that tokens are to come of.
    pub(crate) fn begin(&self, grant: &Grant, now: i64) {
        self.lock().families.begin(grant.clone(), now);
    }

    /// Notes who has that id: tokens of a user may say no more.
    pub(crate) fn note_login(&self, id: &str, login: &str, now: i64) {
        self.lock().logins.put(Handle::of(id), login.to_owned(), now, IDLE);
    }

    /// The login of the user who had tokens under that id.
    pub(crate) fn login_of(&self, id: &str, now: i64) -> Option<String> {
        self.lock().logins.get(Handle::of(id), now).cloned()
    }

    pub(crate) fn add_refresh_token(&self, grant: &Grant, token: &str, now: i64) {
        self.lock().families.add_refresh_token(grant.family(), Handle::of(token), now);
    }

    pub(crate) fn add_access_token(&self, grant: &Grant, token: Handle, ends: i64, now: i64) {
        self.lock().families.add_access_token(grant.family(), token, ends, now);
    }

    /// Notes that another access token goes out in the place of one.
    pub(crate) fn replace_access_token(&self, token: Handle, other: Handle, ends: i64, now: i64) {
        self.lock().families.replace_access_token(token, other, ends, now);
    }

    /// Uses a refresh token that passes the check.
    pub(crate) fn refresh<E>(
        &self,
        how: &Refresh<'_>,
        check: impl FnOnce(&Grant) -> Result<(), E>,
    ) -> Result<Grant, RefreshError<E>> {
        self.lock().families.refresh(how, check)
    }

    /// The grant of a refresh token that stands, and when the token ends.
    pub(crate) fn refresh_token(&self, token: &str, now: i64) -> Option<(Grant, i64)> {
        self.lock().families.find(Handle::of(token), now).map(|(grant, ends)| (grant.clone(), ends))
    }

    /// The grant that a refresh token came of, even one that another has replaced.
    pub(crate) fn grant_of(&self, token: &str, now: i64) -> Option<Grant> {
        self.lock().families.grant_of(Handle::of(token), now).cloned()
    }

    /// Binds the refresh tokens of a grant to the key of that thumbprint.
    pub(crate) fn bind(&self, grant: &Grant, jkt: &str, now: i64) {
        self.lock().families.bind(grant.family(), jkt, now);
    }

    /// The thumbprint of the key that the refresh tokens of a grant are bound to.
    pub(crate) fn key_of(&self, grant: &Grant, now: i64) -> Option<String> {
        self.lock().families.key_of(grant.family(), now).map(str::to_owned)
    }

    /// Ends all that came of a grant.
    pub(crate) fn end(&self, grant: &Grant, now: i64) {
        self.lock().families.end(grant.family(), now);
    }

    /// Revokes an access token that ends then.
    pub(crate) fn revoke(&self, token: Handle, ends: i64, now: i64) {
        self.lock().families.revoke(token, ends, now);
    }

    pub(crate) fn is_revoked(&self, token: Handle, now: i64) -> bool {
        self.lock().families.is_revoked(token, now)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
