"""Okta's SDK for Python sets things up at the issuer, and takes them away."""

import asyncio
import base64
import json
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

import requests
from okta.client import Client
from okta.models import OAuth2Claim, OAuth2Scope, OpenIdConnectApplication

sys.path.insert(0, str(Path(__file__).parent.parent))
from steps import take  # noqa: E402

ISSUER, CLIENT_ID, CLIENT_SECRET, SCOPE = (
    os.environ[name] for name in ("ISSUER", "CLIENT_ID", "CLIENT_SECRET", "SCOPE")
)
SERVER = "default"
ORG = "{0.scheme}://{0.netloc}".format(urlsplit(ISSUER))


def org():
    return Client({"orgUrl": ORG, "token": "any-is-right-on-loopback"})


async def sound(call):
    """What a call brings, which has to be no error."""
    told = await call
    if told[-1]:
        raise RuntimeError(str(told[-1]))
    return told[0]


async def gone(call):
    """What is told of a thing that was removed."""
    error = (await call)[-1]
    return {"status": error.status, "code": error.error_code}


def token(client_id, secret):
    form = {"grant_type": "client_credentials", "scope": SCOPE}
    return requests.post(f"{ISSUER}/v1/token", data=form, auth=(client_id, secret), timeout=30).json()


async def scope():
    api = org()
    made = await sound(api.create_o_auth2_scope(SERVER, OAuth2Scope(name="car:drive", description="Drive car")))
    read = await sound(api.get_o_auth2_scope(SERVER, made.id))
    listed = await sound(api.list_o_auth2_scopes(SERVER))
    await sound(api.delete_o_auth2_scope(SERVER, made.id))
    return {
        "same": read.name == made.name and any(each.id == made.id for each in listed),
        "description": read.description,
        "consent": read.consent.value,
        "gone": await gone(api.get_o_auth2_scope(SERVER, made.id)),
    }


async def claim():
    api = org()
    body = {"name": "tenant", "status": "ACTIVE", "claimType": "RESOURCE", "valueType": "EXPRESSION", "value": '"acme"'}
    made = await sound(api.create_o_auth2_claim(SERVER, OAuth2Claim.from_dict(body)))
    read = await sound(api.get_o_auth2_claim(SERVER, made.id))
    payload = token(CLIENT_ID, CLIENT_SECRET)["access_token"].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    await sound(api.delete_o_auth2_claim(SERVER, made.id))
    return {
        "value": read.value,
        "type": read.claim_type.value,
        "tenant": claims["tenant"],
        "gone": await gone(api.get_o_auth2_claim(SERVER, made.id)),
    }


async def client():
    api = org()
    body = {
        "name": "oidc_client",
        "label": "Made by the SDK",
        "signOnMode": "OPENID_CONNECT",
        "credentials": {"oauthClient": {"token_endpoint_auth_method": "client_secret_basic"}},
        "settings": {
            "oauthClient": {
                "response_types": ["token"],
                "grant_types": ["client_credentials"],
                "application_type": "service",
            }
        },
    }
    made = await sound(api.create_application(OpenIdConnectApplication.from_dict(body)))
    read = await sound(api.get_application(made.id))
    own = read.credentials.oauth_client
    token_type = token(own.client_id, own.client_secret)["token_type"]
    await sound(api.deactivate_application(made.id))
    await sound(api.delete_application(made.id))
    return {
        "label": read.label,
        "status": read.status.value,
        "token_type": token_type,
        "gone": await gone(api.get_application(made.id)),
    }


def run(step):
    return lambda: asyncio.run(step())


take({"scope": run(scope), "claim": run(claim), "client": run(client)})
