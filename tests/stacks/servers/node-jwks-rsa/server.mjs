// jsonwebtoken, which gets its keys from jwks-rsa.
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import jwt from 'jsonwebtoken';
import jwksClient from 'jwks-rsa';

const { ISSUER, AUDIENCE, SCOPE, SERVER_PORT } = process.env;
const RULES = { issuer: ISSUER, audience: AUDIENCE, algorithms: ['RS256'] };

const client = jwksClient({ jwksUri: `${ISSUER}/v1/keys` });
const verify = promisify(jwt.verify);

function getKey(header, callback) {
  client.getSigningKey(header.kid).then((key) => callback(null, key.getPublicKey()), callback);
}

const server = createServer(async (request, response) => {
  const [, token] = /^bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
  try {
    const claims = await verify(token, getKey, RULES);
    response.statusCode = claims.scp?.includes(SCOPE) ? 200 : 403;
    response.end(JSON.stringify({ sub: claims.sub }));
  } catch {
    response.writeHead(401, { 'WWW-Authenticate': 'Bearer' }).end();
  }
});
server.listen(SERVER_PORT, '127.0.0.1');
