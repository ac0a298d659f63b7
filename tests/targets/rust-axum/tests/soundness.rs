//! The server against a small issuer: what it must take, what it must refuse, and how.

mod suite;

use std::net::SocketAddr;
use std::time::Duration;

use rust_axum::{Settings, http_client, serve};
use suite::{Server, Setup, Shape, hold_all};
use tokio::net::TcpListener;

struct Axum;

impl Server for Axum {
    const REALM: &'static str = "rust-axum";

    async fn start(setup: Setup) -> (Self, SocketAddr) {
        assert_eq!(setup.shape, Shape::Okta, "the one shape that it takes");
        let mut settings = Settings::new(setup.issuer, http_client().expect("a client"));
        settings.jwks.cooldown = Duration::from_millis(setup.cooldown);
        settings.jwks.max_age = Duration::from_millis(setup.max_age);
        settings.clients = setup.clients.split_whitespace().map(str::to_owned).collect();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(serve(listener, settings));
        (Self, address)
    }
}

hold_all!(Axum, Shape::Okta);
