//! What no client library would send arrives as it is, over TCP and TLS.

use std::sync::{Arc, Mutex};

use rstest::rstest;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

use super::server::{Server, read_head};
use super::settings;
use super::tls::authority;
use crate::http::{Client, ClientSettings, Connection, Endpoint, Request, Trust};

/// What a server received, head by head.
type Heads = Arc<Mutex<Vec<Vec<u8>>>>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Transport {
    Tcp,
    Tls,
}

/// A server that answers 200 to everything and keeps what it was sent.
struct Recording {
    heads: Heads,
    endpoint: Endpoint,
    client: Client,
    server: Server,
}

impl Recording {
    async fn over(transport: Transport) -> Self {
        let (acceptor, ca_pem) = authority();
        let heads = Heads::default();
        let kept = Arc::clone(&heads);
        let server = Server::start(move |_, stream| {
            let (acceptor, kept) = (acceptor.clone(), Arc::clone(&kept));
            async move {
                match transport {
                    Transport::Tcp => answer_all(stream, &kept).await,
                    Transport::Tls => answer_all(acceptor.accept(stream).await.unwrap(), &kept).await,
                }
            }
        })
        .await;
        let scheme = if transport == Transport::Tls { "https" } else { "http" };
        let endpoint = format!("{scheme}://127.0.0.1:{}/", server.endpoint.port()).parse().unwrap();
        let client = Client::new(ClientSettings { trust: Trust::only(ca_pem), ..settings() }).unwrap();
        Self { heads, endpoint, client, server }
    }

    fn heads(&self) -> Vec<Vec<u8>> {
        self.heads.lock().unwrap().clone()
    }
}

async fn answer_all<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, heads: &Heads) {
    while let Some(head) = read_head(&mut stream).await {
        heads.lock().unwrap().push(head);
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await.unwrap();
        stream.flush().await.unwrap();
    }
}

/// Request targets and values of `Authorization`.
const ODD: [(&[u8], &[u8]); 5] = [
    (b"/", b"Bearer a\r\n\tb"),
    (b"/", b"Bearer a\xffb"),
    (b"/", b"Bearer a\x00b"),
    (b"//admin/..%2f;x=1", b"Bearer a"),
    (b"/", b"  Bearer\t a "),
];

#[rstest]
#[tokio::test]
async fn folded_lines_high_octets_and_doubled_slashes_arrive_as_they_are(
    #[values(Transport::Tcp, Transport::Tls)] transport: Transport,
) {
    let recording = Recording::over(transport).await;
    for (target, value) in ODD {
        let request = Request::get(&recording.endpoint).target(target).header("Authorization", value);
        let answer = recording.client.send(&recording.endpoint, &request, Connection::Fresh).await.unwrap();
        assert_eq!(answer.status, 200);
        let head = recording.heads().pop().unwrap();
        assert!(head.starts_with(&[b"GET ", target, b" HTTP/1.1\r\n"].concat()), "{}", head.escape_ascii());
        let line = [b"\r\nAuthorization: ", value, b"\r\n"].concat();
        assert!(head.windows(line.len()).any(|bytes| bytes == line), "{}", head.escape_ascii());
    }
}

#[rstest]
#[tokio::test]
async fn pipelined_requests_share_a_connection_and_keep_their_order(
    #[values(Transport::Tcp, Transport::Tls)] transport: Transport,
) {
    let recording = Recording::over(transport).await;
    let requests = ["one", "two", "three"].map(|token| Request::get(&recording.endpoint).bearer(token));
    let results = recording.client.send_pipelined(&recording.endpoint, &requests).await;
    assert!(results.iter().all(|result| result.as_ref().is_ok_and(|answer| answer.status == 200)));
    let received: Vec<_> = recording.heads();
    let due: Vec<_> = requests.iter().map(Request::to_bytes).collect();
    assert_eq!(received, due);
    assert_eq!(recording.server.connections(), 1);
}
