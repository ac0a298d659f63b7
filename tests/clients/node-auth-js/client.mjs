// An Express app that signs its users in by Auth.js and its Okta provider, and the browser of one of them.
import { ExpressAuth, getSession } from '@auth/express';
import Okta from '@auth/core/providers/okta';
import express from 'express';
import { browse } from '../browser.mjs';
import { take } from '../steps.mjs';

const { ISSUER, CLIENT_ID, CLIENT_SECRET } = process.env;

const app = express();
const server = app.listen(0, '127.0.0.1');
await new Promise((listens) => server.once('listening', listens));
const baseURL = `http://localhost:${server.address().port}`;

const config = {
  providers: [Okta({ issuer: ISSUER, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET })],
  secret: 'a long text of the app, for its cookies alone',
  trustHost: true,
};
app.use('/auth', ExpressAuth(config));
app.get('/', async (request, response) => response.json({ user: (await getSession(request, config))?.user ?? null }));

/** A button of the pages of Auth.js, which is a form with a token against forgery. */
async function press(path) {
  const { csrfToken } = await browse(`${baseURL}/auth/csrf`);
  return browse(`${baseURL}${path}`, { method: 'POST', body: new URLSearchParams({ csrfToken, callbackUrl: baseURL }) });
}

await take({
  stranger: () => browse(`${baseURL}/`),
  'sign-in': () => press('/auth/signin/okta'),
  'sign-out': () => press('/auth/signout'),
});
