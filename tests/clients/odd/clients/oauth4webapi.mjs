import * as oauth from 'oauth4webapi';

const [ID, SECRET] = ['0oaBadpennyTestClien', 'badpenny-test-secret-public-by-intent-00'];

export async function signIn({ issuer, callback, login, follow, seen }) {
  const plain = { [oauth.allowInsecureRequests]: true };
  const at = new URL(issuer);
  const as = await oauth.processDiscoveryResponse(at, await oauth.discoveryRequest(at, plain));
  const client = { client_id: ID };
  const auth = oauth.ClientSecretBasic(SECRET);
  const [verifier, state, nonce] = [oauth.generateRandomCodeVerifier(), oauth.generateRandomState(), oauth.generateRandomNonce()];
  const url = new URL(as.authorization_endpoint);
  url.search = new URLSearchParams({
    client_id: ID,
    response_type: 'code',
    redirect_uri: callback,
    scope: 'openid profile offline_access test_scope',
    state,
    nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    login_hint: login,
  });
  const fields = oauth.validateAuthResponse(as, client, await follow(url, callback), state);
  const answer = await oauth.authorizationCodeGrantRequest(as, client, auth, fields, callback, verifier, plain);
  const tokens = await oauth.processAuthorizationCodeResponse(as, client, answer, { expectedNonce: nonce, requireIdToken: true });
  Object.assign(seen, { expiresIn: tokens.expires_in ?? null, scope: tokens.scope ?? null });
  const { sub } = oauth.getValidatedIdTokenClaims(tokens);
  const about = await oauth.userInfoRequest(as, client, tokens.access_token, plain);
  await oauth.processUserInfoResponse(as, client, sub, about);
  if (!tokens.refresh_token) return;
  const again = await oauth.refreshTokenGrantRequest(as, client, auth, tokens.refresh_token, plain);
  const refreshed = await oauth.processRefreshTokenResponse(as, client, again);
  Object.assign(seen, { refreshToken: !!refreshed.refresh_token, refreshedIdToken: !!refreshed.id_token });
}
