"""Authlib for Flask, which takes access tokens of RFC 9068 alone. The key set is got once, as documented."""

import os

import requests
from authlib.integrations.flask_oauth2 import ResourceProtector, current_token
from authlib.oauth2.rfc9068 import JWTBearerTokenValidator
from flask import Flask

ISSUER, AUDIENCE, SCOPE, PORT = (os.environ[name] for name in ("ISSUER", "AUDIENCE", "SCOPE", "SERVER_PORT"))

cache = {}


class Validator(JWTBearerTokenValidator):
    def get_jwks(self):
        if "jwks" not in cache:
            metadata = requests.get(f"{self.issuer}/.well-known/openid-configuration").json()
            cache["jwks"] = requests.get(metadata["jwks_uri"]).json()
        return cache["jwks"]


app = Flask(__name__)
require_oauth = ResourceProtector()
require_oauth.register_token_validator(Validator(ISSUER, AUDIENCE))


@app.get("/")
@require_oauth()
def answer():
    scopes = current_token.get("scp")
    if not isinstance(scopes, list) or SCOPE not in scopes:
        return {}, 403
    return {"sub": current_token["sub"]}


app.run("127.0.0.1", int(PORT), threaded=True)
