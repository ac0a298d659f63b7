import * as client from 'openid-client';

const [ID, SECRET] = ['0oaBadpennyTestClien', 'badpenny-test-secret-public-by-intent-00'];

export async function signIn({ issuer, callback, login, follow, seen }) {
  const options = { execute: [client.allowInsecureRequests] };
  const config = await client.discovery(new URL(issuer), ID, SECRET, undefined, options);
  client.enableNonRepudiationChecks(config);
  const [verifier, state, nonce] = [client.randomPKCECodeVerifier(), client.randomState(), client.randomNonce()];
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: callback,
    scope: 'openid profile offline_access test_scope',
    state,
    nonce,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    login_hint: login,
  });
  const back = await follow(url, callback);
  const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce };
  const tokens = await client.authorizationCodeGrant(config, back, checks);
  Object.assign(seen, { expiresIn: tokens.expiresIn() ?? null, scope: tokens.scope ?? null, idToken: !!tokens.id_token });
  await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
  if (!tokens.refresh_token) return;
  const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token);
  Object.assign(seen, { refreshToken: !!refreshed.refresh_token, refreshedIdToken: !!refreshed.id_token });
}
