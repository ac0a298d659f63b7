import { AuthorizationCode } from 'simple-oauth2';

const [ID, SECRET] = ['0oaBadpennyTestClien', 'badpenny-test-secret-public-by-intent-00'];

export async function signIn({ issuer, callback, login, follow, seen }) {
  const client = new AuthorizationCode({
    client: { id: ID, secret: SECRET },
    auth: { tokenHost: issuer, tokenPath: `${issuer}/v1/token`, authorizePath: `${issuer}/v1/authorize` },
  });
  const scope = 'openid profile offline_access test_scope';
  const url = client.authorizeURL({ redirect_uri: callback, scope, state: 's-1', login_hint: login });
  const back = await follow(url, callback);
  const first = await client.getToken({ code: back.searchParams.get('code'), redirect_uri: callback, scope });
  Object.assign(seen, { expiresAt: first.token.expires_at ?? null, expired: first.expired() });
  if (!first.token.refresh_token) return;
  const second = await first.refresh();
  Object.assign(seen, { refreshToken: !!second.token.refresh_token, refreshedIdToken: !!second.token.id_token });
}
