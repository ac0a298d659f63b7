import { OktaAuth } from '@okta/okta-auth-js';

export async function signIn({ issuer, callback, login, follow, seen }) {
  const scopes = ['openid', 'profile', 'offline_access', 'test_scope'];
  const sdk = new OktaAuth({ issuer, clientId: 'spa', redirectUri: callback, scopes });
  const params = await sdk.token.prepareTokenParams({});
  const query = new URLSearchParams({
    client_id: 'spa',
    response_type: 'code',
    redirect_uri: callback,
    scope: scopes.join(' '),
    state: params.state,
    nonce: params.nonce,
    code_challenge: params.codeChallenge,
    code_challenge_method: params.codeChallengeMethod,
    login_hint: login,
  });
  const back = await follow(`${issuer}/v1/authorize?${query}`, callback);
  const fields = Object.fromEntries(back.searchParams);
  const { tokens } = await sdk.token.exchangeCodeForTokens({ ...params, authorizationCode: fields.code });
  await sdk.token.verify(tokens.idToken, { nonce: params.nonce, accessToken: tokens.accessToken.accessToken });
  seen.expiresAt = tokens.accessToken.expiresAt ?? null;
  await sdk.token.getUserInfo(tokens.accessToken, tokens.idToken);
  if (!tokens.refreshToken) return;
  const renewed = await sdk.token.renewTokens({ tokens });
  Object.assign(seen, { refreshToken: !!renewed.refreshToken, refreshedIdToken: !!renewed.idToken });
}
