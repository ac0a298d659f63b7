//! What a device that waits for its user is told (RFC 8628, section 3.5).

use super::{BAD, oauth};

rows! {
    DEVICE_PENDING = oauth(BAD, "authorization_pending", "The device authorization is pending. Please try again later.");
    DEVICE_SLOW_DOWN = oauth(BAD, "slow_down", "Slow down the polling frequency. Please try again later.");
    DEVICE_EXPIRED = oauth(BAD, "expired_token", "The device code has expired.");
    INVALID_DEVICE_CODE = oauth(BAD, "invalid_grant", "The device code is invalid or has expired.");
}
