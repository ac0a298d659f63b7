// Okta's own verifier.
import { createServer } from 'node:http';
import OktaJwtVerifier from '@okta/jwt-verifier';

const { ISSUER, AUDIENCE, SCOPE, SERVER_PORT } = process.env;

const verifier = new OktaJwtVerifier({ issuer: ISSUER });

const server = createServer(async (request, response) => {
  const [, token] = /^bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
  try {
    const { claims } = await verifier.verifyAccessToken(token, AUDIENCE);
    response.statusCode = claims.scp?.includes(SCOPE) ? 200 : 403;
    response.end(JSON.stringify({ sub: claims.sub }));
  } catch {
    response.writeHead(401, { 'WWW-Authenticate': 'Bearer' }).end();
  }
});
server.listen(SERVER_PORT, '127.0.0.1');
