// oauth4webapi, which takes access tokens of RFC 9068 alone and keeps the keys with the issuer's metadata.
import { createServer } from 'node:http';
import { discoveryRequest, processDiscoveryResponse, validateJwtAccessToken } from 'oauth4webapi';

const { ISSUER, AUDIENCE, SCOPE, SERVER_PORT } = process.env;

const issuer = new URL(ISSUER);
const metadata = await processDiscoveryResponse(issuer, await discoveryRequest(issuer));

const server = createServer(async ({ headers: { authorization = '' } }, response) => {
  try {
    const request = new Request(`http://127.0.0.1:${SERVER_PORT}/`, { headers: { authorization } });
    const claims = await validateJwtAccessToken(metadata, request, AUDIENCE);
    response.statusCode = claims.scp?.includes(SCOPE) ? 200 : 403;
    response.end(JSON.stringify({ sub: claims.sub }));
  } catch {
    response.writeHead(401, { 'WWW-Authenticate': 'Bearer' }).end();
  }
});
server.listen(SERVER_PORT, '127.0.0.1');
