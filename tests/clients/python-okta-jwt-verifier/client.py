"""Tokens of the issuer, checked by Okta's verifier for Python."""

import asyncio
import os
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import requests
from okta_jwt_verifier import AccessTokenVerifier, IDTokenVerifier
from okta_jwt_verifier.exceptions import JWTValidationException

sys.path.insert(0, str(Path(__file__).parent.parent))
from steps import take  # noqa: E402

ISSUER, CLIENT_ID, CLIENT_SECRET, SCOPE, AUDIENCE = (
    os.environ[name] for name in ("ISSUER", "CLIENT_ID", "CLIENT_SECRET", "SCOPE", "AUDIENCE")
)
CALLBACK = "http://localhost:3000/callback"


def token(**form):
    return requests.post(f"{ISSUER}/v1/token", data=form, auth=(CLIENT_ID, CLIENT_SECRET), timeout=30).json()


def id_token():
    query = {
        "client_id": CLIENT_ID, "response_type": "code", "scope": "openid", "redirect_uri": CALLBACK,
        "state": "s", "nonce": "n", "login_hint": "alice@example.com",
    }
    back = requests.get(f"{ISSUER}/v1/authorize", query, allow_redirects=False, timeout=30).headers["location"]
    (code,) = parse_qs(urlsplit(back).query)["code"]
    return token(grant_type="authorization_code", code=code, redirect_uri=CALLBACK)["id_token"]


def complaint(verifies):
    """What is said of a token that is not in order; None if it passes."""
    try:
        asyncio.run(verifies)
    except JWTValidationException as error:
        return str(error)
    return None


def access():
    jwt = token(grant_type="client_credentials", scope=SCOPE)["access_token"]
    asyncio.run(AccessTokenVerifier(issuer=ISSUER, audience=AUDIENCE).verify(jwt))
    return {"refused": complaint(AccessTokenVerifier(issuer=ISSUER, audience="api://other").verify(jwt))}


def identity():
    jwt, verifier = id_token(), IDTokenVerifier(issuer=ISSUER, client_id=CLIENT_ID)
    asyncio.run(verifier.verify(jwt, nonce="n"))
    return {"refused": complaint(verifier.verify(jwt, nonce="another"))}


take({"access-token": access, "id-token": identity})
