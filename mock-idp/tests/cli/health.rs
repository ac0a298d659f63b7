//! Whether an issuer answers.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use crate::support::{Running, run, state, text};

#[test]
fn a_running_issuer_is_well_at_both_doors_and_asks_for_no_token() {
    let state = state();
    let issuer = Running::start(state.path(), &["--control-token", "hush"]);
    assert_eq!(issuer.get("/_mock/health"), serde_json::json!({ "status": "ok" }));
    for door in ["http", "https"] {
        let base = issuer.ready[door].as_str().unwrap();
        let output = run(state.path(), &["health", "--idp", base]);
        assert_eq!(text(&output.stdout), format!("{base} is well\n"), "{}", text(&output.stderr));
    }
}

#[test]
fn nobody_there_and_somebody_else_are_told_apart() {
    let state = state();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let other = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        assert_ne!(stream.read(&mut [0; 1024]).unwrap(), 0);
        stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n").unwrap();
    });
    let elsewhere = run(state.path(), &["health", "--idp", &base]);
    other.join().unwrap();
    let nobody = run(state.path(), &["health", "--idp", &base]);
    assert_eq!([elsewhere.status.code(), nobody.status.code()], [Some(1); 2]);
    let (elsewhere, nobody) = (text(&elsewhere.stderr), text(&nobody.stderr));
    assert!(elsewhere.contains("answers, but not as a mock-idp: its status is 404"), "{elsewhere}");
    assert!(nobody.contains("cannot be reached") && nobody.contains("is `mock-idp` running there?"), "{nobody}");
}
