#!/usr/bin/env bash
# The MCP Python SDK (mcp 2.3.0, pydantic 2.14.4), with PyJWT 2.15.1 in the verifier.
# Expected: what a decoded token has as `exp` can be handed on as the AccessToken's `expires_at`; a
#   NumericDate may have a fraction (RFC 7519 2: "non-integer values can be represented").
# Seen: PyJWT accepts the token and hands the number out as it is, and AccessToken declines it, "Input
#   should be a valid integer", a ValidationError in the verifier. 4100000000.0 is taken.
# A user meets: a verifier that worked with one issuer fails with another that counts in fractions, for
#   a token that is good; `int(claims["exp"])` is the cure.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT

python3 -m venv venv
venv/bin/pip -q install mcp==2.3.0 mcp-types==2.3.0 starlette==1.10.0 pydantic==2.14.4 'pyjwt[crypto]==2.15.1' \
    > pip.log 2>&1 || { cat pip.log >&2; exit 2; }
cat > ask.py <<'PYTHON'
import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from mcp.server.auth.provider import AccessToken
from pydantic import ValidationError

key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

# PyJWT's encoder leaves a number as it is.
for exp in 4100000000, 4100000000.0, 4100000000.5:
    token = jwt.encode({"sub": "alice", "exp": exp}, key, "RS256")
    claims = jwt.decode(token, key.public_key(), ["RS256"])
    try:
        AccessToken(token=token, client_id=claims["sub"], scopes=[], expires_at=claims["exp"])
        print(exp, "-> taken")
    except ValidationError as error:
        print(" ", error.errors()[0]["msg"])
        print(exp, "-> refused")
PYTHON
venv/bin/python ask.py > seen
cat seen
[ "$(sed -n 's/.* -> //p' seen | xargs)" = "taken taken refused" ] || { echo "This has changed."; exit 1; }
