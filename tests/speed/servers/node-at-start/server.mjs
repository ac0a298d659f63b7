// jose with a key set that is read once, at the start: a new key needs a new process.
import { createServer } from 'node:http';
import { createLocalJWKSet, jwtVerify } from 'jose';

const { ISSUER, AUDIENCE, SCOPE, SERVER_PORT } = process.env;
const RULES = { issuer: ISSUER, audience: AUDIENCE, algorithms: ['RS256'], requiredClaims: ['exp'] };

const published = await fetch(`${ISSUER}/v1/keys`);
if (!published.ok) throw new Error(`the key set answers ${published.status}`);
const keys = createLocalJWKSet(await published.json());

/** Status, body and challenge for a request with this `Authorization`. */
async function answer(authorization = '') {
  const [, token] = /^bearer +(\S+)$/i.exec(authorization) ?? [];
  if (!token) return [401, { error: 'unauthorized' }, 'Bearer'];
  try {
    const { payload } = await jwtVerify(token, keys, RULES);
    if (Array.isArray(payload.scp) && payload.scp.includes(SCOPE)) return [200, { sub: payload.sub }];
    return [403, { error: 'insufficient_scope' }, 'Bearer error="insufficient_scope"'];
  } catch {
    return [401, { error: 'invalid_token' }, 'Bearer error="invalid_token"'];
  }
}

const server = createServer(async (request, response) => {
  const [status, body, challenge] = await answer(request.headers.authorization);
  if (challenge) response.setHeader('WWW-Authenticate', challenge);
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
});
server.listen(SERVER_PORT, '127.0.0.1');
