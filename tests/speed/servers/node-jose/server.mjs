// jose, as its README shows it: the key set is fetched when a token needs it.
import { createServer } from 'node:http';
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';

const { ISSUER, AUDIENCE, SCOPE, SERVER_PORT } = process.env;
const RULES = { issuer: ISSUER, audience: AUDIENCE, algorithms: ['RS256'], requiredClaims: ['exp'] };

const keys = createRemoteJWKSet(new URL(`${ISSUER}/v1/keys`));

/** Status, body and challenge for a request with this `Authorization`. */
async function answer(authorization = '') {
  const [, token] = /^bearer +(\S+)$/i.exec(authorization) ?? [];
  if (!token) return [401, { error: 'unauthorized' }, 'Bearer'];
  try {
    const { payload } = await jwtVerify(token, keys, RULES);
    if (Array.isArray(payload.scp) && payload.scp.includes(SCOPE)) return [200, { sub: payload.sub }];
    return [403, { error: 'insufficient_scope' }, 'Bearer error="insufficient_scope"'];
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) return [503, { error: 'temporarily_unavailable' }];
    return [401, { error: 'invalid_token' }, 'Bearer error="invalid_token"'];
  }
}

const server = createServer(async (request, response) => {
  const [status, body, challenge] = await answer(request.headers.authorization);
  if (challenge) response.setHeader('WWW-Authenticate', challenge);
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
});
server.listen(SERVER_PORT, '127.0.0.1');
