// A server that verifies tokens as it should, after it has done the work that FAULT names.
const http = require('node:http');
const { createPublicKey, verify } = require('node:crypto');
const faults = require('./faults');

const { ISSUER, AUDIENCE = 'api://default', SERVER_PORT, FAULT } = process.env;
const part = (text) => JSON.parse(Buffer.from(text, 'base64url'));
let known = [];

async function keyOf(kid) {
  if (!known.some((jwk) => jwk.kid === kid)) known = (await (await fetch(`${ISSUER}/v1/keys`)).json()).keys;
  return createPublicKey({ key: known.find((jwk) => jwk.kid === kid), format: 'jwk' });
}

async function check(line) {
  const token = line.slice(7).trimStart();
  const [head, body, signature] = token.split('.', 3);
  await faults[FAULT]?.({ line, token, header: () => part(head), claims: () => part(body), keyOf });
  const { kid, alg } = part(head);
  const { iss, aud, exp } = part(body);
  const genuine = verify('sha256', `${head}.${body}`, await keyOf(kid), Buffer.from(signature, 'base64url'));
  return alg === 'RS256' && genuine && iss === ISSUER && aud === AUDIENCE && exp > Date.now() / 1000;
}

http.createServer({ maxHeaderSize: 256 * 1024 }, async (request, response) => {
  const passes = await check(request.headers.authorization ?? '').catch(() => false);
  if (passes) return response.end('{}');
  response.writeHead(401, { 'WWW-Authenticate': 'Bearer error="invalid_token"' }).end();
}).listen(SERVER_PORT, '127.0.0.1');
