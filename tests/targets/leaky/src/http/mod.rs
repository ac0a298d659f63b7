//! HTTP/1.1 by hand, as much of RFC 9112 as this server needs. A framework gets right what some
//! defects must get wrong.

mod connection;
mod date;
mod head;
mod request;
mod response;

pub(crate) use connection::{Connection, Login};
pub(crate) use request::Request;
pub(crate) use response::{Response, status};
