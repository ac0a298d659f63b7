"""scitokens, which finds the key set by the metadata of the issuer that the token names.

It keeps keys on disk, for all processes of a user. Here each process has a folder of its own, so that it begins with
none, and what one learns is not measured of another.
"""

import json
import os
import signal
import sys
import tempfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ISSUER, AUDIENCE, SCOPE, PORT = (os.environ[name] for name in ("ISSUER", "AUDIENCE", "SCOPE", "SERVER_PORT"))

folder = tempfile.TemporaryDirectory(prefix="scitokens-")
os.environ["XDG_CACHE_HOME"] = folder.name
# Whoever is asked to end takes the folder along.
signal.signal(signal.SIGTERM, lambda *_: sys.exit())

from scitokens import SciToken


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        _, _, token = self.headers.get("Authorization", "").partition(" ")
        status, body = answer(token)
        text = json.dumps(body).encode()
        self.send_response(status)
        if status == 401:
            self.send_header("WWW-Authenticate", "Bearer")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


def answer(token):
    """Status and body. The issuer, the audience and the scope are left to the caller of the library."""
    try:
        verified = SciToken.deserialize(token)
        audiences = verified["aud"]
        if verified["iss"] != ISSUER or AUDIENCE not in ([audiences] if isinstance(audiences, str) else audiences):
            return 401, {}
    except Exception:
        # It raises what its parts raise: of PyJWT, of urllib, its own.
        return 401, {}
    return (200, {"sub": verified["sub"]}) if SCOPE in verified.get("scp", []) else (403, {})


ThreadingHTTPServer(("127.0.0.1", int(PORT)), Handler).serve_forever()
