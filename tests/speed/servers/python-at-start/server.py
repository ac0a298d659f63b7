"""PyJWT with a key set that is read once, at the start: a new key needs a new process."""

import json
import os
import re
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt

ISSUER, AUDIENCE, SCOPE, PORT = (os.environ[name] for name in ("ISSUER", "AUDIENCE", "SCOPE", "SERVER_PORT"))

with urllib.request.urlopen(f"{ISSUER}/v1/keys", timeout=10) as published:
    keys = jwt.PyJWKSet.from_dict(json.load(published))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body are two writes; Nagle's algorithm would hold the second for 40 ms.
    disable_nagle_algorithm = True

    def do_GET(self):
        status, body, challenge = answer(self.headers.get("Authorization", ""))
        text = json.dumps(body).encode()
        self.send_response(status)
        if challenge:
            self.send_header("WWW-Authenticate", challenge)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


def answer(authorization):
    """Status, body and challenge for a request with this `Authorization`."""
    credentials = re.fullmatch(r"bearer +(\S+)", authorization, re.IGNORECASE)
    if not credentials:
        return 401, {"error": "unauthorized"}, "Bearer"
    try:
        claims = verified(credentials[1])
    except jwt.PyJWTError:
        return 401, {"error": "invalid_token"}, 'Bearer error="invalid_token"'
    scopes = claims.get("scp")
    if not isinstance(scopes, list) or SCOPE not in scopes:
        return 403, {"error": "insufficient_scope"}, 'Bearer error="insufficient_scope"'
    return 200, {"sub": claims["sub"]}, None


def verified(token):
    kid = jwt.get_unverified_header(token).get("kid")
    key = next((key for key in keys.keys if key.key_id == kid), None)
    if key is None:
        raise jwt.InvalidTokenError("the key is not known")
    required = {"require": ["exp", "sub"]}
    return jwt.decode(token, key, algorithms=["RS256"], issuer=ISSUER, audience=AUDIENCE, options=required)


ThreadingHTTPServer(("127.0.0.1", int(PORT)), Handler).serve_forever()
