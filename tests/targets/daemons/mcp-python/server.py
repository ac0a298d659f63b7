"""One tool, that says who calls it, behind the bearer tokens of one issuer."""

import asyncio
import os

import jwt
import uvicorn
from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.auth.provider import AccessToken, TokenVerifier
from mcp.server.auth.settings import AuthSettings
from mcp.server.mcpserver import MCPServer

ISSUER = os.environ["ISSUER"]
PORT = int(os.environ["PORT"])


class Verifier(TokenVerifier):
    """The SDK leaves the token itself to whoever uses it."""

    keys = jwt.PyJWKClient(os.environ["JWKS_URI"])

    async def verify_token(self, token: str) -> AccessToken | None:
        try:
            return await asyncio.to_thread(self.read, token)
        except (jwt.PyJWTError, TypeError, ValueError):
            return None

    def read(self, token: str) -> AccessToken:
        claims = jwt.decode(
            token,
            self.keys.get_signing_key_from_jwt(token),
            algorithms=["RS256"],
            audience=os.environ["AUDIENCE"],
            issuer=ISSUER,
            options={"require": ["exp", "iss", "aud", "sub", "cid"]},
        )
        return AccessToken(
            token=token,
            client_id=claims["cid"],
            subject=claims["sub"],
            scopes=claims.get("scp", []),
            expires_at=claims["exp"],
            claims=claims,
        )


server = MCPServer(
    "whoami",
    token_verifier=Verifier(),
    auth=AuthSettings(
        issuer_url=ISSUER,
        resource_server_url=f"http://127.0.0.1:{PORT}/mcp",
        # The verifier has looked at the audience.
        validate_token_resource=False,
        required_scopes=[os.environ["SCOPE"]],
    ),
)


@server.tool()
def whoami() -> str:
    return get_access_token().subject


uvicorn.run(server.streamable_http_app(), host="127.0.0.1", port=PORT, log_level="warning")
