// aws-jwt-verify, for any issuer.
import { createServer } from 'node:http';
import { JwtVerifier } from 'aws-jwt-verify';

const { ISSUER, AUDIENCE, SCOPE, SERVER_PORT } = process.env;

const verifier = JwtVerifier.create({ issuer: ISSUER, audience: AUDIENCE, jwksUri: `${ISSUER}/v1/keys` });

const server = createServer(async (request, response) => {
  const [, token] = /^bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
  try {
    const claims = await verifier.verify(token);
    response.statusCode = claims.scp?.includes(SCOPE) ? 200 : 403;
    response.end(JSON.stringify({ sub: claims.sub }));
  } catch {
    response.writeHead(401, { 'WWW-Authenticate': 'Bearer' }).end();
  }
});
server.listen(SERVER_PORT, '127.0.0.1');
