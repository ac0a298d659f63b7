"""Signs in through one client, once per case, and prints what came of it:

    python run.py authlib honest no-expires-in …

ISSUER and CONTROL say where the issuer and its control API are.
"""

import json
import os
import sys
import urllib.request
import warnings

import requests

ISSUER, CONTROL = os.environ["ISSUER"], os.environ["CONTROL"]
ID, SECRET = "0oaBadpennyTestClien", "badpenny-test-secret-public-by-intent-00"
CALLBACK = "http://localhost:3000/callback"
SCOPE = "openid profile offline_access test_scope"
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"


def follow(url):
    """Follows redirects until one leads to the callback."""
    while not url.startswith(CALLBACK):
        answer = requests.get(url, allow_redirects=False, timeout=10)
        url = answer.headers["location"]
    return url


def authlib(seen):
    from authlib.integrations.requests_client import OAuth2Session
    from authlib.jose import JsonWebKey, JsonWebToken
    from authlib.oidc.core import CodeIDToken

    metadata = requests.get(f"{ISSUER}/.well-known/openid-configuration", timeout=10).json()
    session = OAuth2Session(ID, SECRET, scope=SCOPE, redirect_uri=CALLBACK, code_challenge_method="S256")
    verifier, nonce = "v" * 43, "n-1"
    url, state = session.create_authorization_url(
        metadata["authorization_endpoint"], code_verifier=verifier, nonce=nonce, login_hint="ada@example.com"
    )
    token = session.fetch_token(
        metadata["token_endpoint"], authorization_response=follow(url), state=state, code_verifier=verifier
    )
    seen.update(expiresAt=token.get("expires_at"), scope=token.get("scope"))
    if "id_token" not in token:
        raise ValueError(f"no ID Token: {sorted(token)}")
    keys = JsonWebKey.import_key_set(requests.get(metadata["jwks_uri"], timeout=10).json())
    jwt = JsonWebToken(metadata["id_token_signing_alg_values_supported"])
    options = {"iss": {"values": [ISSUER]}, "aud": {"values": [ID]}, "nonce": {"value": nonce}}
    params = {"nonce": nonce, "client_id": ID, "access_token": token["access_token"]}
    claims = jwt.decode(token["id_token"], keys, CodeIDToken, options, params)
    claims.validate(leeway=120)
    if "refresh_token" in token:
        again = session.refresh_token(metadata["token_endpoint"])
        seen.update(refreshToken="refresh_token" in again, refreshedIdToken="id_token" in again)


def requests_oauthlib(seen):
    from requests_oauthlib import OAuth2Session

    session = OAuth2Session(ID, scope=SCOPE.split(), redirect_uri=CALLBACK)
    url, _ = session.authorization_url(f"{ISSUER}/v1/authorize", login_hint="ada@example.com")
    token = session.fetch_token(f"{ISSUER}/v1/token", authorization_response=follow(url), client_secret=SECRET)
    seen.update(expiresAt=token.get("expires_at"), scope=token.get("scope"))
    if "refresh_token" in token:
        again = session.refresh_token(f"{ISSUER}/v1/token", auth=(ID, SECRET))
        seen.update(refreshToken="refresh_token" in again, refreshedIdToken="id_token" in again)


def control(path, body):
    request = urllib.request.Request(f"{CONTROL}/_mock/{path}", json.dumps(body).encode(), method="POST")
    urllib.request.urlopen(request).read()


def outcome(sign_in):
    seen = {}
    try:
        sign_in(seen)
        return {"outcome": "taken", "seen": seen}
    except Exception as error:  # whatever it says, it is told
        return {"outcome": "refused", "why": f"{type(error).__name__}: {error}", "seen": seen}


def main():
    warnings.simplefilter("ignore", DeprecationWarning)
    sign_in = {"authlib": authlib, "requests-oauthlib": requests_oauthlib}[sys.argv[1]]
    for answers in sys.argv[2:]:
        control("restore", {})
        if answers != "honest":
            control("answers", {"answers": answers.split(",")})
        print(json.dumps({"case": answers, **outcome(sign_in)}), flush=True)


main()
