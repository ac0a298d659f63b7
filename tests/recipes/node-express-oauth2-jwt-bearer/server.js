import express from 'express';
import { auth, InsufficientScopeError, InvalidRequestError, InvalidTokenError, UnauthorizedError } from 'express-oauth2-jwt-bearer';

const { ISSUER, AUDIENCE, SCOPE, SERVER_PORT, JWKS_URI, TOKEN_SHAPE = 'okta' } = process.env;
const rfc9068 = TOKEN_SHAPE === 'rfc9068';

const isText = (value) => typeof value === 'string';

// RFC 8725 section 3.11: Okta sends no typ; one that names another kind of token is refused.
const isOktaType = (typ) => /^(application\/)?(at\+)?jwt$/i.test(typ ?? 'JWT');

const verified = auth({
  mcd: { issuers: [{ issuer: ISSUER, jwksUri: JWKS_URI }] },
  // Else they come from the environment, and none may stand beside `mcd`.
  issuer: '',
  jwksUri: '',
  audience: AUDIENCE,
  strict: rfc9068,
  dpop: { enabled: false },
  cooldownDuration: 5_000,
  cache: { discovery: { ttl: 30_000 } },
  validators: {
    // The issuer, letter by letter.
    iss: ISSUER,
    // Not what the metadata say: they speak of ID Tokens.
    alg: 'RS256',
    ...(!rfc9068 && { sub: isText, cid: isText, typ: isOktaType }),
  },
});

// RFC 7515 section 2: base64url without padding. RFC 8017 section 9.2: a signature that is the padded hash itself,
// 00 01 ff ff ..., was made for a key with the exponent 1.
const JWT = /^([\w-]+)\.[\w-]+\.(?!AAH_{12})[\w-]+$/;
const utf8 = new TextDecoder('utf-8', { fatal: true });

function wellFormed(token) {
  try {
    return utf8.decode(Buffer.from(JWT.exec(token)[1], 'base64url'));
  } catch {
    return false;
  }
}

// Before the library reads the request.
function oneToken(request, response, next) {
  // Of two such lines, Node shows the first in `headers` and drops the other.
  const [credentials, ...others] = request.headersDistinct.authorization ?? [];
  const [, token] = /^Bearer +(\S+)$/i.exec(credentials ?? '') ?? [];
  // RFC 9700 section 4.3.2: no token in a query.
  if (others.length > 0 || request.query.access_token !== undefined) return next(new InvalidRequestError());
  if (token && !wellFormed(token)) return next(new InvalidTokenError());
  // RFC 9110 section 11.4: one space or more.
  if (token) request.headers.authorization = `Bearer ${token}`;
  next();
}

const requireScope = (scope) => (request, response, next) => {
  const claims = request.auth.payload;
  const scopes = rfc9068 ? isText(claims.scope) && claims.scope.split(' ') : Array.isArray(claims.scp) && claims.scp;
  next(scopes && scopes.includes(scope) ? undefined : new InsufficientScopeError([scope]));
};

const app = express();
app.get('/', oneToken, verified, requireScope(SCOPE), (request, response) => {
  response.set('Cache-Control', 'private').json({ sub: request.auth.payload.sub });
});
app.use((error, request, response, next) => {
  if (!(error instanceof UnauthorizedError)) return next(error);
  // Not error.headers: the description there may quote the token.
  let challenge = 'Bearer realm="api"';
  if (error.code) challenge += `, error="${error.code}"`;
  if (error.status === 403) challenge += `, scope="${SCOPE}"`;
  response.status(error.status).set('WWW-Authenticate', challenge).json({ error: error.code });
});
app.listen(SERVER_PORT, '127.0.0.1');
