//! The grants beside the usual ones, over real sockets: passwords, assertions, exchanges,
//! Cross App Access, resources; and who may use any.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod assigned;
mod bench;
mod exchange;
mod exchange_refused;
mod id_jag;
mod id_jag_refused;
mod jwt_bearer;
mod maker;
mod password;
mod resource;
