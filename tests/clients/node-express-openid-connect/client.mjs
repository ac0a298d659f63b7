// An Express app that signs its users in by express-openid-connect, and the browser of one of them.
import express from 'express';
import openid from 'express-openid-connect';
import { browse } from '../browser.mjs';
import { take } from '../steps.mjs';

const { ISSUER, CLIENT_ID, CLIENT_SECRET, SCOPE } = process.env;

const app = express();
const server = app.listen(0, '127.0.0.1');
await new Promise((listens) => server.once('listening', listens));
const baseURL = `http://localhost:${server.address().port}`;

app.use(openid.auth({
  baseURL,
  issuerBaseURL: ISSUER,
  clientID: CLIENT_ID,
  clientSecret: CLIENT_SECRET,
  secret: 'a long text of the app, for its cookies alone',
  authRequired: false,
  idpLogout: true,
  authorizationParams: { response_type: 'code', scope: `openid profile email offline_access ${SCOPE}` },
}));
app.get('/', ({ oidc }, response) => response.json({ signedIn: oidc.isAuthenticated(), name: oidc.user?.preferred_username }));
app.get('/profile', openid.requiresAuth(), async ({ oidc }, response) => response.json(await oidc.fetchUserInfo()));
app.get('/refresh', openid.requiresAuth(), async ({ oidc }, response) => {
  const before = oidc.accessToken.access_token;
  const after = await oidc.accessToken.refresh();
  response.json({ type: after.token_type, fresh: after.access_token !== before });
});

await take({
  stranger: () => browse(`${baseURL}/`),
  'sign-in': () => browse(`${baseURL}/login`),
  profile: () => browse(`${baseURL}/profile`),
  refresh: () => browse(`${baseURL}/refresh`),
  logout: () => browse(`${baseURL}/logout`),
});
