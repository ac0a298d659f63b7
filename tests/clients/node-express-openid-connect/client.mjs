// An Express app that signs its users in by express-openid-connect, and the browser of one of them.
import express from 'express';
import openid from 'express-openid-connect';
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

/** What hosts have set; a cookie knows no port (RFC 6265, section 8.5). */
const jars = new Map();

/** Goes to the address and on through all redirects, as a browser does; tells what it came to. */
async function browse(path) {
  const way = [];
  let url = new URL(path, baseURL);
  while (way.length < 10) {
    const jar = jars.get(url.hostname) ?? jars.set(url.hostname, new Map()).get(url.hostname);
    // Whose browser this is.
    if (url.pathname.endsWith('/authorize')) url.searchParams.set('login_hint', 'alice@example.com');
    way.push(url.pathname);
    const cookie = [...jar].map((pair) => pair.join('=')).join('; ');
    const response = await fetch(url, { redirect: 'manual', headers: { cookie } });
    for (const line of response.headers.getSetCookie()) keep(jar, line);
    const location = response.headers.get('location');
    if (!location) return { way, status: response.status, ...(await body(response)) };
    url = new URL(location, url);
  }
  throw new Error(`it goes on and on: ${way}`);
}

/** Keeps a cookie, or drops one that is over. */
function keep(jar, line) {
  const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
  if (/expires=thu, 01 jan 1970|max-age=0/i.test(line)) jar.delete(name);
  else jar.set(name, value);
}

async function body(response) {
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${response.status}: ${text}`);
  return JSON.parse(text);
}

await take({
  stranger: () => browse('/'),
  'sign-in': () => browse('/login'),
  profile: () => browse('/profile'),
  refresh: () => browse('/refresh'),
  logout: () => browse('/logout'),
});
