//! All that came of one sign-in for one client: its refresh tokens, one after
//! another, and its access tokens (RFC 9700, section 4.14.2).

use super::store::Store;
use super::{CAPACITY, Grant, Handle};

/// For how long a refresh token may lie unused, in seconds: 7 days, as at Okta.
pub(super) const IDLE: i64 = 604_800;
/// How many access tokens of one family are known, so that they can be revoked.
const TOKENS: usize = 100;

#[derive(Debug)]
pub(super) struct Families {
    families: Store<Family>,
    refresh_tokens: Store<RefreshToken>,
    revoked: Store<()>,
}

#[derive(Debug)]
struct Family {
    grant: Grant,
    /// The thumbprint of the key that its refresh tokens are bound to (RFC 9449, section 5).
    jkt: Option<String>,
    /// Its access tokens, and when each ends.
    tokens: Vec<(Handle, i64)>,
}

#[derive(Debug, Clone, Copy)]
struct RefreshToken {
    family: Handle,
    /// When another one first took its place.
    replaced: Option<i64>,
}

/// How a refresh token is used.
pub(crate) struct Refresh<'a> {
    pub(crate) token: &'a str,
    pub(crate) client: &'a str,
    /// The one that takes its place, where the client's are rotated.
    pub(crate) next: Option<&'a str>,
    /// For how long one that was replaced is good, in seconds.
    pub(crate) leeway: i64,
    /// The thumbprint of the key that the client holds.
    pub(crate) jkt: Option<&'a str>,
    pub(crate) now: i64,
}

/// Why a refresh token is not taken.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum RefreshError<E> {
    /// It was never issued here, is over, was revoked, or was replaced long ago.
    Invalid,
    /// It is another client's.
    OfAnotherClient,
    /// It is bound to a key, and the client has proven to hold none.
    WithoutKey,
    /// It is bound to another key than the client's.
    OfAnotherKey,
    /// It is good, but not for this request.
    Refused(E),
}

impl Families {
    pub(super) fn new() -> Self {
        Self { families: Store::new(CAPACITY), refresh_tokens: Store::new(CAPACITY), revoked: Store::new(CAPACITY) }
    }

    /// Once for all that comes of a grant: of a hybrid flow, a token is there before
    /// the code is used.
    pub(super) fn begin(&mut self, grant: Grant, now: i64) {
        self.families.put_new(grant.family(), Family { grant, jkt: None, tokens: Vec::new() }, now, IDLE);
    }

    /// Binds the refresh tokens of a family to a key.
    pub(super) fn bind(&mut self, family: Handle, jkt: &str, now: i64) {
        if let Some(family) = self.families.get_mut(family, now) {
            family.jkt = Some(jkt.to_owned());
        }
    }

    /// The key that they are bound to.
    pub(super) fn key_of(&self, family: Handle, now: i64) -> Option<&str> {
        self.families.get(family, now)?.jkt.as_deref()
    }

    /// Gives a family one more refresh token.
    pub(super) fn add_refresh_token(&mut self, family: Handle, token: Handle, now: i64) {
        self.refresh_tokens.put(token, RefreshToken { family, replaced: None }, now, IDLE);
    }

    /// Notes an access token that came of a family.
    pub(super) fn add_access_token(&mut self, family: Handle, token: Handle, ends: i64, now: i64) {
        let Some(family) = self.families.get_mut(family, now) else { return };
        family.tokens.retain(|(_, ends)| now < *ends);
        if family.tokens.len() >= TOKENS {
            family.tokens.remove(0);
        }
        family.tokens.push((token, ends));
    }

    /// Notes that another access token goes out in the place of one: it ends with the family
    /// too. One that came of no family ends by itself.
    pub(super) fn replace_access_token(&mut self, token: Handle, other: Handle, ends: i64, now: i64) {
        let has_it = |family: &Family| family.tokens.iter().any(|(known, _)| *known == token);
        let Some(family) = self.families.newest_mut(now, has_it) else { return };
        for known in family.tokens.iter_mut().filter(|(known, _)| *known == token) {
            *known = (other, ends);
        }
    }

    /// The grant of a refresh token that stands, and when the token ends.
    pub(super) fn find(&self, token: Handle, now: i64) -> Option<(&Grant, i64)> {
        let family = self.refresh_tokens.get(token, now).filter(|token| token.replaced.is_none())?.family;
        let ends = self.refresh_tokens.end_of(token, now)?;
        Some((&self.families.get(family, now)?.grant, ends))
    }

    /// The grant of a refresh token, which may be replaced by now.
    pub(super) fn grant_of(&self, token: Handle, now: i64) -> Option<&Grant> {
        let family = self.refresh_tokens.get(token, now)?.family;
        Some(&self.families.get(family, now)?.grant)
    }

    /// Uses a refresh token. One that was replaced longer than the leeway ago was
    /// stolen from the client or by it: its family ends.
    pub(super) fn refresh<E>(
        &mut self,
        how: &Refresh<'_>,
        check: impl FnOnce(&Grant) -> Result<(), E>,
    ) -> Result<Grant, RefreshError<E>> {
        let (token, now) = (Handle::of(how.token), how.now);
        let known = *self.refresh_tokens.get(token, now).ok_or(RefreshError::Invalid)?;
        let family = self.families.get(known.family, now).ok_or(RefreshError::Invalid)?;
        let (grant, jkt) = (family.grant.clone(), family.jkt.clone());
        if grant.client != how.client {
            return Err(RefreshError::OfAnotherClient);
        }
        if known.replaced.is_some_and(|at| now.saturating_sub(at) >= how.leeway) {
            self.end(known.family, now);
            return Err(RefreshError::Invalid);
        }
        if jkt.is_some() && how.jkt != jkt.as_deref() {
            return Err(if how.jkt.is_none() { RefreshError::WithoutKey } else { RefreshError::OfAnotherKey });
        }
        check(&grant).map_err(RefreshError::Refused)?;
        self.families.prolong(known.family, now, IDLE);
        match how.next {
            Some(next) => {
                if let Some(known) = self.refresh_tokens.get_mut(token, now) {
                    known.replaced.get_or_insert(now);
                }
                self.add_refresh_token(known.family, Handle::of(next), now);
            }
            None => self.refresh_tokens.prolong(token, now, IDLE),
        }
        Ok(grant)
    }

    /// Ends a family with all its tokens.
    pub(super) fn end(&mut self, family: Handle, now: i64) {
        let Some(family) = self.families.take(family, now) else { return };
        for (token, ends) in family.tokens {
            self.revoke(token, ends, now);
        }
    }

    /// Revokes an access token that ends then.
    pub(super) fn revoke(&mut self, token: Handle, ends: i64, now: i64) {
        self.revoked.put(token, (), now, ends.saturating_sub(now));
    }

    pub(super) fn is_revoked(&self, token: Handle, now: i64) -> bool {
        self.revoked.get(token, now).is_some()
    }
}
