// openid-client, set up as its README shows; every answer is checked by the library.
import { readFile } from 'node:fs/promises';
import * as client from 'openid-client';
import { redirection, take } from '../steps.mjs';

const { ISSUER, CLIENT_ID, CLIENT_SECRET, SCOPE } = process.env;
const CALLBACK = 'http://localhost:3000/callback';

// What is kept between the steps: the usual configuration, the tokens, and options that bind requests to a key of ours.
let plain, tokens, bound;

/** Signs a user in and redeems the code; `build` makes the address of the authorization request. */
async function signIn(build = client.buildAuthorizationUrl, options = {}, config = plain) {
  const [pkceCodeVerifier, expectedState, expectedNonce] = [client.randomPKCECodeVerifier(), client.randomState(), client.randomNonce()];
  const url = await build(config, {
    redirect_uri: CALLBACK,
    scope: `openid profile email offline_access ${SCOPE}`,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: expectedState,
    nonce: expectedNonce,
    login_hint: 'alice@example.com',
  }, options);
  const back = await redirection(await fetch(url, { redirect: 'manual' }));
  const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true };
  tokens = await client.authorizationCodeGrant(config, back, checks, undefined, options);
  return { type: tokens.token_type, scope: tokens.scope, query: [...url.searchParams.keys()] };
}

async function refresh(options = {}) {
  const before = tokens;
  tokens = await client.refreshTokenGrant(plain, before.refresh_token, undefined, options);
  return { type: tokens.token_type, fresh: tokens.access_token !== before.access_token, sub: tokens.claims().sub };
}

async function userinfo(options = {}) {
  const { sub, email } = await client.fetchUserInfo(plain, tokens.access_token, tokens.claims().sub, options);
  return { sub, email };
}

await take({
  async discovery() {
    plain = await client.discovery(new URL(ISSUER), CLIENT_ID, CLIENT_SECRET);
    // Signatures of ID Tokens are checked, too, though they come over TLS.
    client.enableNonRepudiationChecks(plain);
    return { issuer: plain.serverMetadata().issuer };
  },
  code: () => signIn(),
  userinfo: () => userinfo(),
  refresh: () => refresh(),
  async introspection() {
    const { active, username, client_id } = await client.tokenIntrospection(plain, tokens.access_token);
    return { active, username, client_id };
  },
  async revocation() {
    await client.tokenRevocation(plain, tokens.access_token);
    const { active } = await client.tokenIntrospection(plain, tokens.access_token);
    return { active };
  },
  async 'client-credentials'() {
    const { token_type, scope, expires_in } = await client.clientCredentialsGrant(plain, { scope: SCOPE });
    return { type: token_type, scope, expires_in };
  },
  async 'private-key-jwt'() {
    const jwk = JSON.parse(await readFile(new URL('service.jwk.json', import.meta.url)));
    const key = await crypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
    const as = (options) => client.discovery(new URL(ISSUER), 'service', undefined, client.PrivateKeyJwt({ key, kid: jwk.kid }, options));
    // Okta wants the endpoint for the audience, where the library names the issuer unless told otherwise.
    const refusal = await client.clientCredentialsGrant(await as(), { scope: SCOPE }).catch((error) => error.error_description);
    const { token_endpoint: aud } = plain.serverMetadata();
    const service = await as({ [client.modifyAssertion]: (header, claims) => Object.assign(claims, { aud }) });
    return { refusal, scope: (await client.clientCredentialsGrant(service, { scope: SCOPE })).scope };
  },
  async hybrid() {
    const config = await client.discovery(new URL(ISSUER), CLIENT_ID, CLIENT_SECRET);
    client.useCodeIdTokenResponseType(config);
    return signIn(client.buildAuthorizationUrl, {}, config);
  },
  par: () => signIn(client.buildAuthorizationUrlWithPAR),
  async dpop() {
    bound = { DPoP: client.getDPoPHandle(plain, await client.randomDPoPKeyPair()) };
    return signIn(client.buildAuthorizationUrl, bound);
  },
  'dpop-userinfo': () => userinfo(bound),
  'dpop-refresh': () => refresh(bound),
  async device() {
    const asked = await client.initiateDeviceAuthorization(plain, { scope: 'openid offline_access', login_hint: 'alice@example.com' });
    tokens = await client.pollDeviceAuthorizationGrant(plain, asked);
    return { uri: asked.verification_uri, sub: tokens.claims().sub };
  },
  async logout() {
    const url = client.buildEndSessionUrl(plain, { id_token_hint: tokens.id_token, post_logout_redirect_uri: 'http://localhost:3000/', state: 'over' });
    return { back: (await redirection(await fetch(url, { redirect: 'manual' }))).href };
  },
});
