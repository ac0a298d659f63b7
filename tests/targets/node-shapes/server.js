// A sound server for tokens of any shape: jose with strict settings, and what tells the shape's access tokens apart.
import http from 'node:http';
import { readFileSync } from 'node:fs';
import { createRemoteJWKSet, importSPKI, jwtVerify } from 'jose';

const { ISSUER, AUDIENCE, AUDIENCE_AT = '/aud', JWKS_URI, KEY_FILE, ALG = 'RS256' } = process.env;
const { SCOPE, SCOPE_AT, SCOPE_AS = 'list', TYP, MARKS = '{}', SERVER_PORT, REALM = 'shapes' } = process.env;

const key = KEY_FILE
  ? await importSPKI(readFileSync(KEY_FILE, 'utf8'), ALG)
  : createRemoteJWKSet(new URL(JWKS_URI), { cooldownDuration: 1000 });
const options = { issuer: ISSUER, algorithms: [ALG], requiredClaims: ['iss', 'exp', 'sub'], clockTolerance: 0 };
if (AUDIENCE_AT === '/aud') options.audience = AUDIENCE;
if (TYP) options.typ = TYP;

const at = (claims, pointer) =>
  pointer.slice(1).split('/').reduce((value, name) => value?.[name.replaceAll('~1', '/').replaceAll('~0', '~')], claims);

function granted(claims) {
  const value = at(claims, SCOPE_AT.replace('{audience}', AUDIENCE.replaceAll('~', '~0').replaceAll('/', '~1')));
  if (SCOPE_AS === 'names') return value && typeof value === 'object' && Object.hasOwn(value, SCOPE);
  if (SCOPE_AS === 'text') return typeof value === 'string' && value.split(' ').includes(SCOPE);
  return Array.isArray(value) && value.every((each) => typeof each === 'string') && value.includes(SCOPE);
}

async function admit(request) {
  const lines = request.rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'authorization');
  const [, token] = /^Bearer +([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)$/i.exec(request.headers.authorization ?? '') ?? [];
  if (lines.length !== 1 || !token) return lines.length === 0 ? [401, `Bearer realm="${REALM}"`] : [401, invalid()];
  let claims;
  try {
    ({ payload: claims } = await jwtVerify(token, key, options));
  } catch {
    return [401, invalid()];
  }
  const isAccessToken = Object.entries(JSON.parse(MARKS)).every(([name, value]) => claims[name] === value);
  if (!isAccessToken || at(claims, AUDIENCE_AT) === undefined) return [401, invalid()];
  if (AUDIENCE_AT !== '/aud' && at(claims, AUDIENCE_AT) !== AUDIENCE) return [401, invalid()];
  if (SCOPE_AT && !granted(claims)) return [403, `Bearer realm="${REALM}", error="insufficient_scope", scope="${SCOPE}"`];
  return [200, undefined, { sub: claims.sub }];
}

const invalid = () => `Bearer realm="${REALM}", error="invalid_token"`;

http.createServer({ maxHeaderSize: 65536 }, async (request, response) => {
  const [status, challenge, body = {}] = await admit(request);
  const headers = { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' };
  response.writeHead(status, challenge ? { ...headers, 'WWW-Authenticate': challenge } : headers).end(JSON.stringify(body));
}).listen(SERVER_PORT, '127.0.0.1');
