'use strict';
// The article's middleware as it stands: what it lacks is what the tests look for, so nothing
// may be repaired here.
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
