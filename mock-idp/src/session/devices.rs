//! Devices that wait until a user has decided (RFC 8628).

use super::store::Store;
use super::{Activation, Handle, SignIn};

/// How many devices wait at a time.
const DEVICES: usize = 1000;
/// For how long one that is over is known to be, in seconds.
const REMEMBERED: i64 = 600;

#[derive(Debug)]
pub(super) struct Devices {
    devices: Store<KnownDevice>,
    /// The devices by what they show.
    user_codes: Store<Handle>,
}

/// A device that begins to wait (RFC 8628, section 3.2).
#[derive(Debug)]
pub(crate) struct Device {
    pub(crate) client: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) user_code: String,
    /// Who is to sign in, as far as the device says.
    pub(crate) login_hint: Option<String>,
    /// How long it waits, in seconds.
    pub(crate) lifetime: i64,
    /// How long it waits between two questions, in seconds.
    pub(crate) interval: i64,
}

#[derive(Debug)]
struct KnownDevice {
    device: Device,
    ends: i64,
    /// When it last was told to wait.
    asked: Option<i64>,
    decision: Decision,
}

#[derive(Debug)]
enum Decision {
    Open,
    Denied,
    Approved(SignIn),
}

/// What a device gets to know when it asks (RFC 8628, section 3.5).
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Poll {
    Pending,
    /// It asks too often.
    SlowDown,
    Expired,
    Denied,
    /// With the scopes that it asked for.
    Approved(SignIn, Vec<String>),
}

/// Why a device gets to know nothing.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum PollError {
    /// Its code was never issued here, is long over, or was used.
    Invalid,
    OfAnotherClient,
}

impl Devices {
    pub(super) fn new() -> Self {
        Self { devices: Store::new(DEVICES), user_codes: Store::new(DEVICES) }
    }

    pub(super) fn start(&mut self, code: Handle, device: Device, now: i64) {
        let lifetime = device.lifetime;
        self.user_codes.put(Handle::of(&device.user_code), code, now, lifetime);
        let known = KnownDevice { device, ends: now.saturating_add(lifetime), asked: None, decision: Decision::Open };
        self.devices.put(code, known, now, lifetime.saturating_add(REMEMBERED));
    }

    pub(super) fn has(&self, code: Handle, now: i64) -> bool {
        self.devices.get(code, now).is_some()
    }

    pub(super) fn find(&self, user_code: &str, now: i64) -> Option<Activation> {
        let code = *self.user_codes.get(Handle::of(user_code), now)?;
        let device = &self.devices.get(code, now)?.device;
        Some(Activation {
            device: code,
            user_code: device.user_code.clone(),
            client: device.client.clone(),
            scopes: device.scopes.clone(),
            login_hint: device.login_hint.clone(),
        })
    }

    /// Whoever decides first has decided.
    pub(super) fn decide(&mut self, code: Handle, user: Option<SignIn>, now: i64) -> bool {
        let open = |known: &&mut KnownDevice| now < known.ends && matches!(known.decision, Decision::Open);
        let Some(known) = self.devices.get_mut(code, now).filter(open) else { return false };
        known.decision = user.map_or(Decision::Denied, Decision::Approved);
        let user_code = Handle::of(&known.device.user_code);
        self.user_codes.take(user_code, now);
        true
    }

    pub(super) fn poll(&mut self, code: Handle, client: &str, now: i64) -> Result<Poll, PollError> {
        let known = self.devices.get_mut(code, now).ok_or(PollError::Invalid)?;
        if known.device.client != client {
            return Err(PollError::OfAnotherClient);
        }
        if now >= known.ends {
            return Ok(Poll::Expired);
        }
        let is_early = known.asked.is_some_and(|asked| now.saturating_sub(asked) < known.device.interval);
        match &known.decision {
            Decision::Denied => Ok(Poll::Denied),
            Decision::Open if is_early => Ok(Poll::SlowDown),
            Decision::Open => {
                known.asked = Some(now);
                Ok(Poll::Pending)
            }
            Decision::Approved(user) => {
                let approved = Poll::Approved(user.clone(), known.device.scopes.clone());
                self.devices.take(code, now);
                Ok(approved)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user() -> SignIn {
        SignIn { login: "ada".into(), auth_time: 7 }
    }

    fn code() -> Handle {
        Handle::of("device")
    }

    fn waiting() -> Devices {
        let mut devices = Devices::new();
        let (client, user_code) = ("tv".into(), "BCDFGHJK".into());
        let scopes = vec!["openid".into()];
        let device = Device { client, scopes, user_code, login_hint: None, lifetime: 600, interval: 5 };
        devices.start(code(), device, 0);
        devices
    }

    #[test]
    fn a_device_that_asks_too_often_is_told_so_until_it_has_waited() {
        let mut devices = waiting();
        let polls = [0, 4, 4, 5, 9, 10].map(|now| devices.poll(code(), "tv", now).unwrap());
        let (pending, slow) = (Poll::Pending, Poll::SlowDown);
        assert_eq!(polls.each_ref(), [&pending, &slow, &slow, &pending, &slow, &pending]);
    }

    #[test]
    fn an_approval_is_told_at_once_and_only_once() {
        let mut devices = waiting();
        assert_eq!(devices.poll(code(), "tv", 1), Ok(Poll::Pending));
        assert!(devices.decide(code(), Some(user()), 2));
        assert_eq!(devices.poll(code(), "radio", 2), Err(PollError::OfAnotherClient));
        assert_eq!(devices.poll(code(), "tv", 2), Ok(Poll::Approved(user(), vec!["openid".into()])));
        assert_eq!(devices.poll(code(), "tv", 2), Err(PollError::Invalid));
    }

    #[test]
    fn the_first_decision_stands_and_uses_the_code_up() {
        let mut devices = waiting();
        assert!(devices.find("BCDFGHJK", 0).is_some());
        assert!(devices.decide(code(), None, 0));
        assert!(!devices.decide(code(), Some(user()), 0));
        assert!(devices.find("BCDFGHJK", 0).is_none());
        assert_eq!(devices.poll(code(), "tv", 0), Ok(Poll::Denied));
    }

    #[test]
    fn what_is_over_is_said_to_be_for_a_while() {
        let mut devices = waiting();
        assert!(devices.find("BCDFGHJK", 599).is_some() && devices.find("BCDFGHJK", 600).is_none());
        assert!(!devices.decide(code(), Some(user()), 600));
        assert_eq!(devices.poll(code(), "tv", 1199), Ok(Poll::Expired));
        assert_eq!(devices.poll(code(), "tv", 1200), Err(PollError::Invalid));
    }
}
