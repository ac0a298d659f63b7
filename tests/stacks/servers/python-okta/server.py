"""Okta's own verifier behind FastAPI."""

import os

import uvicorn
from fastapi import FastAPI, Header
from fastapi.responses import JSONResponse
from okta_jwt_verifier import BaseJWTVerifier
from okta_jwt_verifier.exceptions import JWTValidationException

ISSUER, AUDIENCE, SCOPE, PORT = (os.environ[name] for name in ("ISSUER", "AUDIENCE", "SCOPE", "SERVER_PORT"))

app = FastAPI()
verifier = BaseJWTVerifier(issuer=ISSUER, audience=AUDIENCE)


@app.get("/")
async def answer(authorization: str = Header("")):
    _, _, token = authorization.partition(" ")
    try:
        await verifier.verify_access_token(token)
    except JWTValidationException:
        return JSONResponse({}, 401, headers={"WWW-Authenticate": "Bearer"})
    _, claims, _, _ = verifier.parse_token(token)
    if SCOPE not in claims.get("scp", []):
        return JSONResponse({}, 403)
    return {"sub": claims["sub"]}


uvicorn.run(app, port=int(PORT), log_level="warning")
