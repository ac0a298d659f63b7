import express from 'express';
import { auth } from 'express-openid-connect';

const [ID, SECRET] = ['0oaBadpennyTestClien', 'badpenny-test-secret-public-by-intent-00'];

export async function signIn({ issuer, login, follow, seen }) {
  const app = express();
  const server = await new Promise((done) => {
    const listening = app.listen(0, '127.0.0.1', () => done(listening));
  });
  const base = `http://127.0.0.1:${server.address().port}`;
  app.use(auth({
    issuerBaseURL: issuer,
    baseURL: base,
    clientID: ID,
    clientSecret: SECRET,
    secret: 'a secret of this test that is long enough',
    authRequired: false,
    session: { cookie: { secure: false } },
    authorizationParams: { response_type: 'code', scope: 'openid profile offline_access test_scope', login_hint: login },
  }));
  app.get('/who', async (req, res) => {
    const before = req.oidc.accessToken;
    const report = { sub: req.oidc.user?.sub ?? null, expiresIn: before?.expires_in ?? null, accessToken: !!before };
    if (before && req.oidc.refreshToken) report.refreshed = !!(await before.refresh()).access_token;
    report.refreshToken = !!req.oidc.refreshToken;
    res.json(report);
  });
  app.use((error, req, res, next) => res.status(error.statusCode ?? 500).send(said(error)));
  try {
    const jar = new Map();
    const start = await visit(`${base}/login`, jar);
    const back = await follow(start.headers.get('location'), `${base}/callback`);
    const landed = await visit(back, jar);
    if (landed.status >= 400) throw new Error(`${landed.status}: ${await landed.text()}`);
    Object.assign(seen, await (await visit(`${base}/who`, jar)).json());
    if (!seen.sub) throw new Error('nobody is signed in');
  } finally {
    server.close();
  }
}

const said = (error) => [error.message, error.cause?.message, error.error_description].filter(Boolean).join(': ');

/** A request with the cookies of the jar, which keeps what comes. */
async function visit(url, jar) {
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  const answer = await fetch(url, { redirect: 'manual', headers: { cookie } });
  for (const line of answer.headers.getSetCookie()) {
    const [name, ...rest] = line.split(';')[0].split('=');
    jar.set(name, rest.join('='));
  }
  return answer;
}
