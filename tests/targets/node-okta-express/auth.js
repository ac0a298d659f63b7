'use strict';
// The article's middleware, its weaknesses included: they are what the tests look for.
// Nothing may be repaired here: no 401, no challenge, no check that `scp` is an array.
const OktaJwtVerifier = require('@okta/jwt-verifier');

const AUDIENCE = 'api://default';

const verifier = new OktaJwtVerifier({
  issuer: process.env.ISSUER,
  clientId: process.env.CLIENT_ID,
});

async function requireAccessToken(request, response, next) {
  try {
    const token = bearerToken(request.headers.authorization);
    const { claims } = await verifier.verifyAccessToken(token, AUDIENCE);
    if (!claims.scp.includes(process.env.SCOPE)) {
      throw new Error('Could not verify the proper scope');
    }
    next();
  } catch (error) {
    next(error.message);
  }
}

function bearerToken(authorization) {
  if (!authorization) {
    throw new Error('You must send an Authorization header');
  }
  const [scheme, token] = authorization.trim().split(' ');
  if (scheme !== 'Bearer') {
    throw new Error('Expected a Bearer token');
  }
  return token;
}

module.exports = requireAccessToken;
