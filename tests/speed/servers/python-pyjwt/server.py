"""PyJWT behind FastAPI: `PyJWKClient` fetches the key set when a token needs it."""

import os
import re

import jwt
import uvicorn
from fastapi import FastAPI, Header
from fastapi.responses import JSONResponse

ISSUER, AUDIENCE, SCOPE, PORT = (os.environ[name] for name in ("ISSUER", "AUDIENCE", "SCOPE", "SERVER_PORT"))

app = FastAPI()
keys = jwt.PyJWKClient(f"{ISSUER}/v1/keys")


@app.get("/")
def answer(authorization: str = Header("")):
    credentials = re.fullmatch(r"bearer +(\S+)", authorization, re.IGNORECASE)
    if not credentials:
        return refusal(401, "unauthorized", "Bearer")
    try:
        claims = verified(credentials[1])
    except jwt.PyJWKClientConnectionError:
        return JSONResponse({"error": "temporarily_unavailable"}, 503)
    except jwt.PyJWTError:
        return refusal(401, "invalid_token", 'Bearer error="invalid_token"')
    scopes = claims.get("scp")
    if not isinstance(scopes, list) or SCOPE not in scopes:
        return refusal(403, "insufficient_scope", 'Bearer error="insufficient_scope"')
    return {"sub": claims["sub"]}


def verified(token):
    key = keys.get_signing_key_from_jwt(token)
    required = {"require": ["exp", "sub"]}
    return jwt.decode(token, key, algorithms=["RS256"], issuer=ISSUER, audience=AUDIENCE, options=required)


def refusal(status, error, challenge):
    return JSONResponse({"error": error}, status, headers={"WWW-Authenticate": challenge})


uvicorn.run(app, port=int(PORT), log_level="warning")
