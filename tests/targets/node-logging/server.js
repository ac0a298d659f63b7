// A sound server that writes a line for each request: LOG=address, as any access log, or LOG=headers.
const http = require('node:http');
const { createPublicKey, verify } = require('node:crypto');

const { ISSUER, AUDIENCE = 'api://default', SERVER_PORT, LOG } = process.env;
const part = (text) => JSON.parse(Buffer.from(text, 'base64url'));

async function passes(line) {
  const [head, body, signature] = line.slice(7).split('.');
  const { keys } = await (await fetch(`${ISSUER}/v1/keys`)).json();
  const key = createPublicKey({ key: keys.find((jwk) => jwk.kid === part(head).kid), format: 'jwk' });
  const { iss, aud, exp } = part(body);
  const genuine = verify('sha256', `${head}.${body}`, key, Buffer.from(signature, 'base64url'));
  return part(head).alg === 'RS256' && genuine && iss === ISSUER && aud === AUDIENCE && exp > Date.now() / 1000;
}

http.createServer(async (request, response) => {
  const what = LOG === 'headers' ? JSON.stringify(request.headers) : '';
  console.log(`${request.method} ${request.url} ${what}`);
  if (await passes(request.headers.authorization ?? '').catch(() => false)) return response.end('{}');
  response.writeHead(401, { 'WWW-Authenticate': 'Bearer' }).end();
}).listen(SERVER_PORT, '127.0.0.1');
