import json
import os
import re
from typing import Annotated
from urllib.request import urlopen

import jwt
import uvicorn
from fastapi import FastAPI, HTTPException, Request, Response, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, SecurityScopes
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

ISSUER = os.environ["ISSUER"]
AUDIENCE = os.environ["AUDIENCE"]
RFC9068 = os.environ.get("TOKEN_SHAPE", "okta") == "rfc9068"

REQUIRED = ["iss", "exp", "aud", "sub"] + (["client_id", "iat", "jti"] if RFC9068 else ["cid"])
# RFC 8725 section 3.11: Okta sends no typ; one that names another kind of token is refused.
TYPES = re.compile(r"(application/)?at\+jwt" if RFC9068 else r"((application/)?(at\+)?jwt)?", re.IGNORECASE)
# RFC 7515 section 2: base64url without padding.
JWT = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)


class Claims(BaseModel, strict=True):
    """RFC 7519 section 2: a time is a number, also where a text could be read as one."""

    sub: str
    exp: float
    nbf: float | None = None
    iat: float | None = None
    scp: list[str] = []
    scope: str = ""

    def grants(self, scopes: list[str]) -> bool:
        return set(scopes) <= set(self.scope.split(" ") if RFC9068 else self.scp)


class Decoder(jwt.PyJWT):
    def _decode_payload(self, decoded: dict) -> dict:
        try:
            # RFC 7519 section 7.2: JSON in UTF-8, which has no NaN and no Infinity.
            from_json(decoded["payload"], allow_inf_nan=False)
        except ValueError as error:
            raise jwt.DecodeError(str(error)) from error
        return super()._decode_payload(decoded)


def discover() -> str:
    base = ISSUER.removesuffix("/")  # OpenID Connect Discovery section 4
    with urlopen(f"{base}/.well-known/openid-configuration", timeout=10) as response:
        metadata = json.load(response)
    if metadata["issuer"] != ISSUER:  # RFC 8414 section 3.3
        raise ValueError(f"{ISSUER} calls itself {metadata['issuer']}")
    return metadata["jwks_uri"]


keys = jwt.PyJWKClient(os.environ.get("JWKS_URI") or discover(), timeout=5, cooldown_duration=5)
decoder = Decoder({"require": REQUIRED, "enforce_minimum_key_length": True})


def verify(token: str) -> Claims:
    if not JWT.fullmatch(token):
        raise jwt.DecodeError("not a JWT")
    key = keys.get_signing_key_from_jwt(token)
    decoded = decoder.decode_complete(
        token, key, algorithms=["RS256"], audience=AUDIENCE, issuer=ISSUER, leeway=30
    )
    if not TYPES.fullmatch(str(decoded["header"].get("typ", ""))):
        raise jwt.InvalidTokenError("unexpected typ")
    return Claims.model_validate(decoded["payload"])


def refusal(status: int, parameters: str = "") -> HTTPException:
    return HTTPException(status, headers={"WWW-Authenticate": f'Bearer realm="api"{parameters}'})


def caller(
    request: Request,
    scopes: SecurityScopes,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Security(HTTPBearer(auto_error=False))],
) -> Claims:
    if len(request.headers.getlist("Authorization")) > 1:
        raise refusal(400, ', error="invalid_request"')
    if credentials is None:
        raise refusal(401)
    try:
        claims = verify(credentials.credentials)
    except jwt.PyJWKClientConnectionError as error:
        raise HTTPException(503) from error
    except (jwt.PyJWTError, ValidationError) as error:
        raise refusal(401, ', error="invalid_token"') from error
    if not claims.grants(scopes.scopes):
        raise refusal(403, f', error="insufficient_scope", scope="{scopes.scope_str}"')
    return claims


app = FastAPI()


@app.get("/")
def whoami(claims: Annotated[Claims, Security(caller, scopes=[os.environ["SCOPE"]])], response: Response) -> dict:
    response.headers["Cache-Control"] = "private"
    return {"sub": claims.sub}


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["SERVER_PORT"]), log_level="warning")
