// fast-jwt, which gets its keys from get-jwks.
import { createServer } from 'node:http';
import { createVerifier } from 'fast-jwt';
import buildGetJwks from 'get-jwks';

const { ISSUER, AUDIENCE, SCOPE, SERVER_PORT } = process.env;

const getJwks = buildGetJwks({ issuersWhitelist: [ISSUER], jwksPath: '/v1/keys' });
const verify = createVerifier({
  key: ({ header }) => getJwks.getPublicKey({ kid: header.kid, alg: header.alg, domain: ISSUER }),
  algorithms: ['RS256'],
  allowedIss: ISSUER,
  allowedAud: AUDIENCE,
});

const server = createServer(async (request, response) => {
  const [, token] = /^bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
  try {
    const claims = await verify(token);
    response.statusCode = claims.scp?.includes(SCOPE) ? 200 : 403;
    response.end(JSON.stringify({ sub: claims.sub }));
  } catch {
    response.writeHead(401, { 'WWW-Authenticate': 'Bearer' }).end();
  }
});
server.listen(SERVER_PORT, '127.0.0.1');
