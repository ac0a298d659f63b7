import Fastify from 'fastify';
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';

const { ISSUER, AUDIENCE, SCOPE, SERVER_PORT, JWKS_URI, TOKEN_SHAPE = 'okta' } = process.env;
const rfc9068 = TOKEN_SHAPE === 'rfc9068';

const jwks = createRemoteJWKSet(new URL(JWKS_URI ?? (await discover())), { cooldownDuration: 5_000 });
const rules = {
  issuer: ISSUER,
  audience: AUDIENCE,
  algorithms: ['RS256'],
  requiredClaims: rfc9068 ? ['exp', 'sub', 'client_id', 'iat', 'jti'] : ['exp', 'sub', 'cid'],
  typ: rfc9068 ? 'at+jwt' : undefined,
  clockTolerance: 30,
};

async function discover() {
  const base = ISSUER.replace(/\/$/, ''); // OpenID Connect Discovery section 4
  const response = await fetch(`${base}/.well-known/openid-configuration`);
  const { issuer, jwks_uri } = await response.json();
  if (issuer !== ISSUER) throw new Error(`${ISSUER} calls itself ${issuer}`); // RFC 8414 section 3.3
  return jwks_uri;
}

// RFC 7518 section 3.3, RFC 8017 section 3.1: 2048 bits, and an exponent above 2.
async function strongKey(header, token) {
  const key = await jwks(header, token);
  const { modulusLength, publicExponent } = key.algorithm;
  if (modulusLength < 2048 || BigInt(`0x${Buffer.from(publicExponent).toString('hex')}`) < 3n) {
    throw new errors.JWKSNoMatchingKey('the key is too weak');
  }
  return key;
}

// RFC 7515 section 2: base64url without padding.
const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;
// RFC 8725 section 3.11: Okta sends no typ; one that names another kind of token is refused.
const TYPES = /^(application\/)?(at\+)?jwt$/i;

async function verify(token) {
  if (!JWT.test(token)) throw new errors.JWTInvalid('not a JWT');
  const { payload, protectedHeader } = await jwtVerify(token, strongKey, rules);
  if (!TYPES.test(protectedHeader.typ ?? 'JWT')) throw new errors.JWTInvalid('unexpected typ');
  return payload;
}

function scopes(claims) {
  if (rfc9068) return typeof claims.scope === 'string' ? claims.scope.split(' ') : [];
  return Array.isArray(claims.scp) ? claims.scp : [];
}

// That the key set can't be had is not the token's fault.
const OUTAGES = ['ERR_JOSE_GENERIC', 'ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID'];

const requireScope = (scope) => async (request, reply) => {
  const refuse = (status, error, parameters = '') => {
    reply.header('WWW-Authenticate', `Bearer realm="api"${error ? `, error="${error}"` : ''}${parameters}`);
    return reply.code(status).send({ error });
  };

  // Not request.headers.authorization: of two such lines, Node shows the first there and drops the other.
  const [credentials, ...others] = request.raw.headersDistinct.authorization ?? [];
  if (!/^Bearer( |$)/i.test(credentials ?? '')) return refuse(401);
  const token = /^Bearer +([\w.~+/-]+=*)$/i.exec(credentials)?.[1];
  if (!token || others.length > 0) return refuse(400, 'invalid_request');

  try {
    request.claims = await verify(token);
  } catch (error) {
    if (error instanceof errors.JOSEError && !OUTAGES.includes(error.code)) return refuse(401, 'invalid_token');
    request.log.error(error);
    return reply.code(503).send();
  }
  if (!scopes(request.claims).includes(scope)) return refuse(403, 'insufficient_scope', `, scope="${scope}"`);
};

const app = Fastify({ logger: { level: 'warn' } });
app.decorateRequest('claims', null);
app.get('/', { onRequest: requireScope(SCOPE) }, async (request, reply) => {
  reply.header('Cache-Control', 'private');
  return { sub: request.claims.sub };
});
await app.listen({ port: Number(SERVER_PORT), host: '127.0.0.1' });
