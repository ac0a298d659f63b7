"""A web application's way with Authlib's OAuth2Session; the ID Token is checked by joserfc and Authlib's claims."""

import os
import sys
from pathlib import Path

import requests
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.jwk import KeySet

sys.path.insert(0, str(Path(__file__).parent.parent))
from steps import take  # noqa: E402

ISSUER, CLIENT_ID, CLIENT_SECRET, SCOPE = (os.environ[name] for name in ("ISSUER", "CLIENT_ID", "CLIENT_SECRET", "SCOPE"))
NONCE = generate_token()

metadata = requests.get(f"{ISSUER}/.well-known/openid-configuration", timeout=30).json()
session = OAuth2Session(
    CLIENT_ID,
    CLIENT_SECRET,
    scope=f"openid email offline_access {SCOPE}",
    redirect_uri="http://localhost:3000/callback",
    token_endpoint=metadata["token_endpoint"],
    code_challenge_method="S256",
)


def code():
    verifier = generate_token(48)
    url, state = session.create_authorization_url(
        metadata["authorization_endpoint"], code_verifier=verifier, nonce=NONCE, login_hint="alice@example.com"
    )
    back = requests.get(url, allow_redirects=False, timeout=30).headers["location"]
    token = session.fetch_token(authorization_response=back, state=state, code_verifier=verifier)
    return {"type": token["token_type"], "scope": token["scope"], **id_token(nonce=NONCE)}


def id_token(**expected):
    """What the ID Token says, once it is found to be in order."""
    keys = KeySet.import_key_set(requests.get(metadata["jwks_uri"], timeout=30).json())
    token = jwt.decode(session.token["id_token"], keys, algorithms=["RS256"])
    options = {"iss": {"essential": True, "value": metadata["issuer"]}, "aud": {"essential": True, "value": CLIENT_ID}}
    params = {"access_token": session.token["access_token"], "client_id": CLIENT_ID, **expected}
    claims = CodeIDToken(token.claims, token.header, options, params)
    claims.validate()
    return {"sub": claims["sub"], "at_hash": "at_hash" in claims}


def userinfo():
    return {"email": session.get(metadata["userinfo_endpoint"]).json()["email"]}


def refresh():
    """By itself: a session refreshes a token that is over before it sends a request."""
    before = session.token["access_token"]
    session.token["expires_at"] = 1
    userinfo()
    return {"fresh": session.token["access_token"] != before, **id_token()}


def introspection():
    answer = session.introspect_token(metadata["introspection_endpoint"], session.token["access_token"]).json()
    return {"active": answer["active"], "username": answer["username"]}


def revocation():
    session.revoke_token(metadata["revocation_endpoint"], session.token["access_token"]).raise_for_status()
    return {"active": session.introspect_token(metadata["introspection_endpoint"], session.token["access_token"]).json()["active"]}


def client_credentials():
    service = OAuth2Session(CLIENT_ID, CLIENT_SECRET, scope=SCOPE)
    token = service.fetch_token(metadata["token_endpoint"], grant_type="client_credentials")
    return {"type": token["token_type"], "scope": token["scope"]}


take({
    "code": code,
    "userinfo": userinfo,
    "refresh": refresh,
    "introspection": introspection,
    "revocation": revocation,
    "client-credentials": client_credentials,
})
