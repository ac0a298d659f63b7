"""The mock issuers that are measured: how each is fetched, started and asked."""

import json
import shutil
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Optional

from .processes import Failed, checked

SOURCES = Path(__file__).resolve().parents[1] / "issuers"
CALLBACK = "http://localhost:3000/callback"
# RFC 7636, appendix B.
PKCE = "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"
VERIFIER = "&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
FORM = {"content-type": "application/x-www-form-urlencoded"}


@dataclass
class Issuer:
    """An issuer. Paths are below `http://127.0.0.1:PORT`."""

    name: str
    version: str
    # What has to be on the machine.
    needs: tuple
    # Puts it into a folder; what it says goes into a log.
    fetch: Callable
    # The command that serves on a port.
    command: Callable
    keys: str
    # The client credentials request, as form and as what it proves itself with.
    token: Optional[dict] = None
    authorize: Optional[str] = None
    # The form that redeems a code, and what a person fills in.
    redeem: Optional[dict] = None
    form: dict = field(default_factory=dict)
    environment: Callable = lambda port: {}
    # Whether it is started in its own folder.
    folder: str = "."
    # Makes a client; gives back its id.
    register: Optional[Callable] = None
    port: Optional[int] = None

    def base(self, port):
        return f"http://127.0.0.1:{port}"

    def keys_call(self, port):
        return {"url": self.base(port) + self.keys}

    def token_call(self, port, client):
        return self._call(port, self.token, client)

    def flow(self, port, client):
        query = f"client_id={client}&response_type=code&scope=openid&redirect_uri={CALLBACK}&state=s&nonce=n{PKCE}"
        authorize = self.base(port) + self.authorize
        authorize += ("&" if "?" in authorize else "?") + query
        return {"authorize": authorize, "callback": CALLBACK, "form": self.form,
                "token": self._call(port, self.redeem, client)}

    def _call(self, port, call, client):
        body = call["body"].replace("CLIENT", client)
        return {"url": self.base(port) + call["path"], "body": body, "headers": {**FORM, **call.get("headers", {})}}


def basic(user, password):
    import base64
    return {"authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def copied(folder, name):
    shutil.copytree(SOURCES / name, folder / name, dirs_exist_ok=True)
    return folder / name


def fetch_node(folder, log):
    checked(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], log, cwd=copied(folder, "node"))


def fetch_go(folder, log):
    checked(["go", "build", "-o", "mockoidc", "."], log, cwd=copied(folder, "go"))


def fetch_java(folder, log):
    checked(["mvn", "-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=lib"], log,
            cwd=copied(folder, "java"))


def fetch_python(folder, log):
    place = copied(folder, "python")
    checked(["python3", "-m", "venv", "venv"], log, cwd=place)
    checked(["venv/bin/pip", "install", "-q", "-r", "requirements.txt"], log, cwd=place)
    # Its settings are files, which it writes itself.
    if not (place / "config").exists():
        checked(["venv/bin/nanoidp", "init"], log, cwd=place)


def fetch_crate(name, version):
    def fetch(folder, log):
        checked(["cargo", "install", "--locked", "--root", folder / "cargo", f"{name}@{version}"], log)
    return fetch


def register(base):
    """Dynamic registration (RFC 7591)."""
    wanted = {"redirect_uris": [CALLBACK], "scope": "openid profile", "client_name": "speed",
              "grant_types": ["authorization_code", "client_credentials"], "response_types": ["code"]}
    request = urllib.request.Request(base + "/register", json.dumps(wanted).encode(),
                                     {"content-type": "application/json"})
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
        return json.load(answer)["client_id"]


CODE = f"grant_type=authorization_code&redirect_uri={CALLBACK}{VERIFIER}"
CREDENTIALS = "grant_type=client_credentials&scope=test_scope"
CLIENT = basic("client", "only-for-tests")

PEERS = [
    Issuer(
        "mock-oauth2-server", "6.0.2", ("java", "mvn"), fetch_java,
        lambda port: ["java", "-cp", "lib/*", "no.nav.security.mock.oauth2.StandaloneMockOAuth2ServerKt"],
        keys="/default/jwks", folder="java",
        environment=lambda port: {"SERVER_HOSTNAME": "127.0.0.1", "SERVER_PORT": str(port),
                                  "JSON_CONFIG": '{"interactiveLogin":false}'},
        token={"path": "/default/token", "body": CREDENTIALS, "headers": CLIENT},
        authorize="/default/authorize", redeem={"path": "/default/token", "body": CODE, "headers": CLIENT}),
    Issuer(
        "oauth2-mock-server", "8.2.3", ("node", "npm"), fetch_node,
        lambda port: ["node", "node_modules/oauth2-mock-server/dist/oauth2-mock-server.mjs",
                      "-a", "127.0.0.1", "-p", str(port)],
        keys="/jwks", folder="node",
        token={"path": "/token", "body": CREDENTIALS, "headers": CLIENT},
        authorize="/authorize", redeem={"path": "/token", "body": CODE, "headers": CLIENT}),
    Issuer(
        "oidc-provider", "9.13.3", ("node", "npm"), fetch_node,
        lambda port: ["node", "oidc-provider.mjs", str(port)], keys="/jwks", folder="node",
        token={"path": "/token", "body": CREDENTIALS, "headers": CLIENT},
        authorize="/auth", redeem={"path": "/token", "body": CODE, "headers": CLIENT}),
    Issuer(
        "oauth2-test-server", "0.2.3", ("cargo",), fetch_crate("oauth2-test-server", "0.2.3"),
        lambda port: ["cargo/bin/oauth2-test-server"], keys="/.well-known/jwks.json", port=8090, register=register,
        token={"path": "/token", "body": "grant_type=client_credentials&scope=openid&client_id=CLIENT"},
        authorize="/authorize", redeem={"path": "/token", "body": CODE + "&client_id=CLIENT"}),
    Issuer(
        "jwkserve", "0.20.0", ("cargo",), fetch_crate("jwkserve", "0.20.0"),
        lambda port: ["cargo/bin/jwkserve", "serve", "--port", str(port)], keys="/.well-known/jwks.json",
        token={"path": "/sign", "body": '{"sub":"client","aud":"api://default"}',
               "headers": {"content-type": "application/json"}}),
    Issuer(
        "nanoidp", "3.4.0", ("python3",), fetch_python,
        lambda port: ["venv/bin/nanoidp", "--port", str(port)], keys="/.well-known/jwks.json", folder="python",
        token={"path": "/token", "body": "grant_type=client_credentials",
               "headers": basic("demo-client", "demo-secret")},
        authorize="/authorize", form={"username": "admin", "password": "admin"},
        redeem={"path": "/token", "body": CODE, "headers": basic("demo-client", "demo-secret")},
        register=lambda base: "demo-client"),
    Issuer(
        "oidc-provider-mock", "0.3.4", ("python3",), fetch_python,
        lambda port: ["venv/bin/oidc-provider-mock", "--port", str(port)], keys="/jwks", folder="python",
        authorize="/oauth2/authorize", form={"sub": "user@example.com"},
        redeem={"path": "/oauth2/token", "body": CODE, "headers": CLIENT}),
    Issuer(
        "mockoidc", "2026-11-03", ("go",), fetch_go, lambda port: ["./mockoidc", str(port)],
        keys="/oidc/.well-known/jwks.json", folder="go", authorize="/oidc/authorize",
        redeem={"path": "/oidc/token", "body": CODE + "&client_id=client&client_secret=only-for-tests"}),
]


def ours(binary, state, algorithm="RS256"):
    """This checkout."""
    client, secret = "0oaBadpennyTestClien", "badpenny-test-secret-public-by-intent-00"
    issuer = "/oauth2/default/v1"
    proof = basic(client, secret)
    return Issuer(
        "mock-idp" if algorithm == "RS256" else f"mock-idp, {algorithm}", "this checkout", (), lambda *_: None,
        lambda port: [binary, "--port", str(port), "--https-port", "0", "--state-dir", state / algorithm,
                      "--alg", algorithm],
        keys=f"{issuer}/keys", token={"path": f"{issuer}/token", "body": CREDENTIALS, "headers": proof},
        authorize=f"{issuer}/authorize?login_hint=user@example.com", register=lambda base: client,
        redeem={"path": f"{issuer}/token", "body": CODE, "headers": proof})


def with_page(issuer):
    """The same where a person signs in on the page."""
    return Issuer(**{**vars(issuer), "name": f"{issuer.name}, page", "authorize": issuer.authorize.split("?")[0],
                     "form": {"login": "user@example.com", "password": "any"}, "token": None})


def fetched(issuer, folder, logs):
    """Whether it could be had; what is missing is said."""
    missing = [tool for tool in issuer.needs if not shutil.which(tool)]
    if missing:
        raise Failed(f"{', '.join(missing)} is not on this machine")
    done = folder / f"{issuer.name}-{issuer.version}.fetched"
    if not done.exists():
        issuer.fetch(folder, logs / f"{issuer.name}.fetch.log")
        done.touch()
