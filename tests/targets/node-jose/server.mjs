// jose for the algorithms of ALG, with commas between them, with the issuer's key set, with a key that was handed over, or with a shared secret.
import { createServer } from 'node:http';
import { createRemoteJWKSet, errors, importSPKI, jwtVerify } from 'jose';

const { ISSUER, AUDIENCE, SCOPE, SERVER_PORT, ALG, PUBLIC_KEY, SECRET } = process.env;
const RULES = { issuer: ISSUER, audience: AUDIENCE, algorithms: ALG.split(','), requiredClaims: ['exp'] };

/** What tokens are verified with: the first that is set. */
async function verificationKey() {
  if (SECRET) return new TextEncoder().encode(SECRET);
  if (PUBLIC_KEY) return importSPKI(PUBLIC_KEY, ALG);
  return createRemoteJWKSet(new URL(`${ISSUER}/v1/keys`), { cooldownDuration: 1000 });
}

const key = await verificationKey();

/** Status, body and challenge for a request with this `Authorization`. */
async function answer(authorization = '') {
  const [, token] = /^bearer +(\S+)$/i.exec(authorization) ?? [];
  if (!token) return [401, { error: 'unauthorized' }, 'Bearer realm="node-jose"'];
  try {
    const { payload } = await jwtVerify(token, key, RULES);
    if (Array.isArray(payload.scp) && payload.scp.includes(SCOPE)) return [200, { sub: payload.sub }];
    return [403, { error: 'insufficient_scope' }, 'Bearer error="insufficient_scope"'];
  } catch (error) {
    if (error instanceof errors.JOSEError) return [401, { error: 'invalid_token' }, 'Bearer error="invalid_token"'];
    return [503, { error: 'temporarily_unavailable' }];
  }
}

const server = createServer(async (request, response) => {
  const [status, body, challenge] = await answer(request.headers.authorization);
  if (challenge) response.setHeader('WWW-Authenticate', challenge);
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
});
server.listen(SERVER_PORT, '127.0.0.1');
