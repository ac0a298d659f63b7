//! The server over real sockets: sound without a defect, and with each as wrong as it says.

mod cases;
mod defects;
mod front;
mod keys;
mod routes;
#[path = "../../../rust-axum/tests/support/mod.rs"]
mod support;
mod wire;
