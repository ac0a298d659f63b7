import json
import os
import re
import threading
import time

import requests
import waitress
from authlib.integrations.flask_oauth2 import ResourceProtector, current_token
from authlib.oauth2.rfc6749.errors import ForbiddenError, InvalidRequestError
from authlib.oauth2.rfc6750 import BearerTokenValidator, InsufficientScopeError, InvalidTokenError
from flask import Flask, abort, jsonify
from joserfc import jws
from joserfc.errors import JoseError, UnsupportedHeaderError
from joserfc.jwk import KeySet, RSAKey
from joserfc.jwt import JWTClaimsRegistry

ISSUER = os.environ["ISSUER"]
AUDIENCE = os.environ["AUDIENCE"]
SCOPE = os.environ["SCOPE"]
RFC9068 = os.environ.get("TOKEN_SHAPE", "okta") == "rfc9068"

REQUIRED = ["exp", "sub"] + (["client_id", "iat", "jti"] if RFC9068 else ["cid"])
# RFC 8725 section 3.11: Okta sends no typ; one that names another kind of token is refused.
TYPES = re.compile(r"(application/)?at\+jwt" if RFC9068 else r"((application/)?(at\+)?jwt)?", re.IGNORECASE)
# RFC 7515 section 2: base64url without padding.
JWT = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)


class Registry(jws.JWSRegistry):
    max_header_length = 8192  # RFC 7515 section 4.1.6: a header may hold certificates

    def check_header(self, header: dict) -> None:
        if "crit" in header:  # RFC 7515 section 4.1.11: no extension is known here
            raise UnsupportedHeaderError()
        super().check_header(header)


class Keys:
    """The issuer's keys, kept for five minutes, and sought again for an unknown one after five seconds."""

    def __init__(self, uri: str) -> None:
        self.uri = uri
        self.keys = KeySet([])
        self.fetched = float("-inf")
        self.lock = threading.Lock()

    def __call__(self, token: jws.CompactSignature) -> KeySet:
        kid = token.headers().get("kid")
        with self.lock:
            age = time.monotonic() - self.fetched
            if age > 300 or (age > 5 and all(key.kid != kid for key in self.keys)):
                answer = requests.get(self.uri, timeout=5, allow_redirects=False)
                answer.raise_for_status()
                self.keys = KeySet([key for key in map(self.usable, answer.json()["keys"]) if key])
                self.fetched = time.monotonic()
            return self.keys

    @staticmethod
    def usable(jwk: dict) -> RSAKey | None:
        try:
            key = RSAKey.import_key(jwk) if jwk["kty"] == "RSA" else None
        except (JoseError, ValueError):
            return None
        # RFC 7518 section 3.3
        return key if key and key.raw_value.key_size >= 2048 else None


def discover() -> str:
    base = ISSUER.removesuffix("/")  # OpenID Connect Discovery section 4
    metadata = requests.get(f"{base}/.well-known/openid-configuration", timeout=5).json()
    if metadata["issuer"] != ISSUER:  # RFC 8414 section 3.3
        raise ValueError(f"{ISSUER} calls itself {metadata['issuer']}")
    return metadata["jwks_uri"]


def reject(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


class Validator(BearerTokenValidator):
    keys = Keys(os.environ.get("JWKS_URI") or discover())
    registry = Registry(algorithms=["RS256"], strict_check_header=False)
    rules = JWTClaimsRegistry(
        now=time.time,
        leeway=30,
        iss={"essential": True, "value": ISSUER},
        aud={"essential": True, "value": AUDIENCE},
        **{name: {"essential": True} for name in REQUIRED},
    )

    def validate_request(self, request) -> None:
        if not re.fullmatch(r"bearer +[\w.~+/-]+=*", request.headers["Authorization"], re.ASCII | re.IGNORECASE):
            raise InvalidRequestError()

    def authenticate_token(self, token_string: str) -> dict:
        try:
            if not JWT.fullmatch(token_string):
                raise ValueError("not a JWT")
            token = jws.deserialize_compact(token_string, self.keys, registry=self.registry)
            if not TYPES.fullmatch(str(token.headers().get("typ", ""))):
                raise ValueError("unexpected typ")
            # RFC 7519 section 7.2: JSON in UTF-8, which has no NaN and no Infinity.
            claims = json.loads(token.payload.decode(), parse_constant=reject)
            if not isinstance(claims, dict):
                raise ValueError("no claims")
            self.rules.validate(claims)
        except requests.RequestException:
            abort(503)
        except (JoseError, ValueError, RecursionError) as error:
            raise InvalidTokenError() from error
        return claims

    def validate_token(self, token: dict, scopes: list[str], request) -> None:
        if RFC9068:
            granted = token["scope"].split(" ") if isinstance(token.get("scope"), str) else []
        else:
            granted = token["scp"] if isinstance(token.get("scp"), list) else []
        if not all(scope in granted for scope in scopes):
            raise InsufficientScopeError()


class Protector(ResourceProtector):
    def raise_error_response(self, error) -> None:
        """RFC 6750 section 3: no error code without a token, and the scope where it is missing."""
        challenge = 'Bearer realm="api"'
        if not isinstance(error, ForbiddenError):
            challenge += f', error="{error.error}"'
        if isinstance(error, InsufficientScopeError):
            challenge += f', scope="{SCOPE}"'
        response = jsonify(dict(error.get_body()))
        response.status_code = error.status_code
        response.headers["WWW-Authenticate"] = challenge
        abort(response)


app = Flask(__name__)
require_oauth = Protector()
require_oauth.register_token_validator(Validator())


@app.get("/")
@require_oauth(SCOPE)
def whoami():
    response = jsonify(sub=current_token["sub"])
    response.headers["Cache-Control"] = "private"
    return response


if __name__ == "__main__":
    waitress.serve(app, host="127.0.0.1", port=int(os.environ["SERVER_PORT"]))
