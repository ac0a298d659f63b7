// A Chromium without a window, and a client of the issuer on this machine.

import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import puppeteer from 'puppeteer-core';

const { ISSUER, CLIENT_ID, CHROMIUM } = process.env;
const BUNDLE = new URL('node_modules/@okta/okta-auth-js/dist/okta-auth-js.min.js', import.meta.url);
const APP = new URL('app.html', import.meta.url);

export const issuer = ISSUER;
export const clientId = CLIENT_ID;
/** Where users go to connect a device. */
export const activate = new URL('/activate', ISSUER).href;

/** Runs `check({ open, app })`; what it opens and starts ends with it. */
export async function withBrowser(check) {
  const client = await startClient();
  const browser = await puppeteer.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
  const complaints = [];
  const told = () => `the console says:\n${complaints.join('\n') || 'nothing'}`;
  try {
    await check({ app: client.app, open: (expected) => open(browser, complaints, expected) });
    if (complaints.length > 0) throw new Error('the check is through, but');
  } catch (error) {
    throw new Error(`${error.message}\n${told()}`, { cause: error });
  } finally {
    await browser.close();
    client.server.close();
    client.server.closeAllConnections();
  }
}

/**
 * A page with cookies of its own. Whatever its console complains about is a mistake, a blocked style above all, but for
 * what is `expected`.
 */
async function open(browser, complaints, expected) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error' && !expected?.test(message.text())) complaints.push(`${page.url()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`));
  return page;
}

/** The client: `/` has Okta's library in it, every other path shows what came to it. */
async function startClient() {
  const files = new Map([['/', [APP, 'text/html']], ['/okta-auth-js.js', [BUNDLE, 'text/javascript']]]);
  const server = createServer(async (request, response) => {
    const file = files.get(new URL(request.url, 'http://localhost').pathname);
    if (file) return response.setHeader('content-type', file[1]).end(await readFile(file[0]));
    let body = '';
    for await (const part of request) body += part;
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>client</title><link rel="icon" href="data:,">'
      + `<pre id="came">${request.method} ${body.replaceAll('&', '&amp;')}</pre>`);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, app: `http://localhost:${server.address().port}` };
}

/** An authorization request of the client, which comes back to `/callback`. */
export function authorization(app, fields = {}) {
  const all = {
    client_id: clientId,
    response_type: 'code',
    redirect_uri: `${app}/callback`,
    scope: 'openid profile',
    state: 's1',
    nonce: 'n1',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    ...fields,
  };
  return `${issuer}/v1/authorize?${new URLSearchParams(all)}`;
}

/** Begins with a device, and tells what it shows. */
export async function device(scope = 'openid') {
  const answer = await fetch(`${issuer}/v1/device/authorize`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: clientId, scope }),
  });
  return answer.json();
}

/** Does something, and waits until that has led to another page. */
export async function leads(page, act) {
  await Promise.all([page.waitForNavigation(), act()]);
}

/** Waits until an element of the page has the focus: a page that asks for it gets it with its first frame, not sooner. */
export async function focus(page, id) {
  await page.waitForFunction((id) => document.activeElement?.id === id, {}, id);
}

/** Fills the sign-in page in by keyboard alone. */
export async function signIn(page, password = 'right') {
  await focus(page, 'login');
  await page.keyboard.type('ada@example.com');
  await page.keyboard.press('Tab');
  await page.keyboard.type(password);
  await leads(page, () => page.keyboard.press('Enter'));
}
