// An API for orders whose author wrote the checks by hand, and made four usual mistakes.
const http = require('node:http');
const { createPublicKey, verify } = require('node:crypto');

const { ISSUER, SCOPE, SERVER_PORT } = process.env;
const part = (text) => JSON.parse(Buffer.from(text, 'base64url'));
let known = [];

async function keyOf(kid) {
  if (!known.some((jwk) => jwk.kid === kid)) known = (await (await fetch(`${ISSUER}/v1/keys`)).json()).keys;
  return createPublicKey({ key: known.find((jwk) => jwk.kid === kid), format: 'jwk' });
}

async function claimsOf(line) {
  const [, token] = /^bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(line);
  const [head, body, signature] = token.split('.');
  const { alg, kid, crit } = part(head);
  const genuine = verify('sha256', `${head}.${body}`, await keyOf(kid), Buffer.from(signature, 'base64url'));
  if (alg !== 'RS256' || crit !== undefined || !genuine) throw new Error('not signed by the issuer');
  const claims = part(body);
  const now = Date.now() / 1000;
  // The first and the second: a token lives for ever without an expiry, and nobody asks whom it is for.
  if (claims.iss !== ISSUER || claims.exp <= now || claims.nbf > now) throw new Error('not valid here or now');
  return claims;
}

http.createServer(async (request, response) => {
  // The third: no refusal says what is asked for (`WWW-Authenticate`).
  const claims = await claimsOf(request.headers.authorization ?? '').catch(() => null);
  if (!claims) return response.writeHead(401).end();
  // The fourth: the scope is looked for within a text.
  if (!String(claims.scp).includes(SCOPE)) return response.writeHead(403).end();
  response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"orders":[]}');
}).listen(SERVER_PORT, '127.0.0.1');
