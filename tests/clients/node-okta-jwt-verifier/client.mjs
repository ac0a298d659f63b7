// Tokens of the issuer, checked by Okta's verifier of 2021 and by today's.
import { createRequire } from 'node:module';
import { redirection, take } from '../steps.mjs';

const require = createRequire(import.meta.url);
const { ISSUER, CLIENT_ID, CLIENT_SECRET, SCOPE, AUDIENCE } = process.env;
const CALLBACK = 'http://localhost:3000/callback';
const NONCE = 'only-once';

function verifier(release) {
  const OktaJwtVerifier = require(`okta-${release}`);
  return new OktaJwtVerifier({ issuer: ISSUER, clientId: CLIENT_ID });
}

async function token(fields) {
  const response = await fetch(`${ISSUER}/v1/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${CLIENT_ID}:${CLIENT_SECRET}`)}` },
    body: new URLSearchParams(fields),
  });
  return response.json();
}

async function idToken() {
  const query = new URLSearchParams({
    client_id: CLIENT_ID, response_type: 'code', scope: 'openid profile', redirect_uri: CALLBACK,
    state: 's', nonce: NONCE, login_hint: 'alice@example.com',
  });
  const back = await redirection(await fetch(`${ISSUER}/v1/authorize?${query}`, { redirect: 'manual' }));
  const code = back.searchParams.get('code');
  return (await token({ grant_type: 'authorization_code', code, redirect_uri: CALLBACK })).id_token;
}

/** The access token is taken, and refused for another audience. */
async function checksAccess(release) {
  const { access_token } = await token({ grant_type: 'client_credentials', scope: SCOPE });
  const { claims } = await verifier(release).verifyAccessToken(access_token, AUDIENCE);
  return { cid: claims.cid, scp: claims.scp, refused: await complaint(verifier(release).verifyAccessToken(access_token, 'api://other')) };
}

/** The ID Token is taken, and refused with another nonce. */
async function checksId(release) {
  const jwt = await idToken();
  const { claims } = await verifier(release).verifyIdToken(jwt, CLIENT_ID, NONCE);
  return { name: claims.preferred_username, refused: await complaint(verifier(release).verifyIdToken(jwt, CLIENT_ID, 'another')) };
}

const complaint = (outcome) => outcome.then(() => null, (error) => error.message);

await take({
  'access-token-2': () => checksAccess(2),
  'access-token-4': () => checksAccess(4),
  'id-token-2': () => checksId(2),
  'id-token-4': () => checksId(4),
});
