// Okta's own library, in a browser, against the issuer.

import assert from 'node:assert/strict';
import { clientId, issuer, leads, signIn } from './browser.js';

const BASIC = ['openid', 'profile', 'email'];

export const okta = {
  async redirect({ open, app }) {
    const page = await open();
    await signInByRedirect(page, app, BASIC);
    const found = await page.evaluate(async () => {
      const { idToken, accessToken } = await auth.tokenManager.getTokens();
      const user = await auth.token.getUserInfo(accessToken, idToken);
      await auth.token.verify(idToken, { issuer: auth.options.issuer, accessToken: accessToken.accessToken });
      return { user: user.preferred_username, scopes: accessToken.scopes, isIn: await auth.isAuthenticated() };
    });
    assert.deepEqual(found, { user: 'ada@example.com', scopes: BASIC, isIn: true });
  },

  async renewInFrame({ open, app }) {
    const page = await open();
    await signInByRedirect(page, app, BASIC);
    const renewed = await renew(page);
    assert.deepEqual(renewed, { access: true, id: true, refresh: false });
  },

  async renewWithRefreshToken({ open, app }) {
    const page = await open();
    await signInByRedirect(page, app, [...BASIC, 'offline_access']);
    const renewed = await renew(page);
    assert.deepEqual(renewed, { access: true, id: true, refresh: true });
  },

  async implicit({ open, app }) {
    const page = await open();
    await signInByRedirect(page, app, BASIC, { pkce: false });
    const renewed = await renew(page);
    assert.deepEqual(renewed, { access: true, id: true, refresh: false });
  },

  async dpop({ open, app }) {
    // The first proof has no nonce, and is refused for that.
    const page = await open(/status of 400/);
    await signInByRedirect(page, app, [...BASIC, 'offline_access'], { dpop: true });
    const found = await page.evaluate(async () => {
      const { accessToken, idToken } = await auth.tokenManager.getTokens();
      const user = await auth.token.getUserInfo(accessToken, idToken);
      return { type: accessToken.tokenType, user: user.preferred_username };
    });
    assert.deepEqual(found, { type: 'DPoP', user: 'ada@example.com' });
    const renewed = await renew(page);
    assert.deepEqual(renewed, { access: true, id: true, refresh: true });
  },

  async popup({ open, app }) {
    const page = await open();
    await client(page, app, BASIC);
    await page.evaluate(() => {
      document.querySelector('#popup').onclick = () => {
        window.signedIn = auth.token.getWithPopup({ popupTitle: 'Sign in' }).then(({ tokens }) => tokens.idToken.claims);
      };
    });
    const opened = new Promise((resolve) => page.once('popup', resolve));
    await page.click('#popup');
    const popup = await opened;
    await popup.waitForSelector('#login');
    await popup.type('#login', 'ada@example.com');
    await popup.type('#password', 'right');
    await popup.click('button');
    const claims = await page.evaluate(() => window.signedIn);
    assert.equal(claims.preferred_username, 'ada@example.com');
  },

  async signOut({ open, app }) {
    const page = await open();
    await signInByRedirect(page, app, BASIC);
    const token = await page.evaluate(() => auth.getAccessToken());
    await leads(page, () => page.evaluate((to) => void auth.signOut({ postLogoutRedirectUri: to }), `${app}/bye`));
    assert.equal(page.url(), `${app}/bye`);
    const answer = await fetch(`${issuer}/v1/userinfo`, { headers: { authorization: `Bearer ${token}` } });
    assert.equal(answer.status, 401, 'the library has revoked the access token');
    await client(page, app, BASIC);
    const error = await page.evaluate(() => auth.token.getWithoutPrompt().catch((error) => error.errorCode));
    assert.equal(error, 'login_required');
  },
};

/** Opens the client. */
async function client(page, app, scopes, more) {
  await page.goto(`${app}/`);
  await setUp(page, app, scopes, more);
}

/** Sets the library up on a page of the client. */
async function setUp(page, app, scopes, more) {
  const settings = { issuer, clientId, redirectUri: `${app}/`, scopes, tokenManager: { autoRenew: false }, ...more };
  await page.evaluate((settings) => {
    window.auth = new OktaAuth(settings);
  }, settings);
}

async function signInByRedirect(page, app, scopes, more) {
  await client(page, app, scopes, more);
  await leads(page, () => page.evaluate(() => void auth.signInWithRedirect({ originalUri: '/' })));
  await signIn(page);
  assert.match(page.url(), more?.pkce === false ? /\/#id_token=/ : /\/\?code=/);
  await setUp(page, app, scopes, more);
  await page.evaluate(async () => {
    const { tokens } = await auth.token.parseFromUrl();
    auth.tokenManager.setTokens(tokens);
  });
}

/** Renews the tokens, and tells which are others now. */
async function renew(page) {
  return page.evaluate(async () => {
    const before = auth.tokenManager.getTokensSync();
    const after = await auth.token.renewTokens();
    return {
      access: after.accessToken.accessToken !== before.accessToken.accessToken,
      id: after.idToken.idToken !== before.idToken.idToken,
      refresh: after.refreshToken?.refreshToken !== before.refreshToken?.refreshToken,
    };
  });
}
