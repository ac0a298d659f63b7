// The pages of the issuer in a browser.

import assert from 'node:assert/strict';
import { activate, authorization, device, focus, leads, signIn } from './browser.js';

const SCOPE = 'openid profile orders.read orders.write';

export const pages = {
  async keyboard({ open, app }) {
    const page = await open();
    await page.goto(authorization(app, { scope: SCOPE }));
    await signIn(page, 'wrong');
    assert.equal(await text(page, '[role=alert]'), 'The login or the password is wrong.');
    await focus(page, 'password');
    await page.keyboard.type('right');
    await leads(page, () => page.keyboard.press('Enter'));
    assert.equal(await text(page, 'h1'), 'Allow access?');
    await page.keyboard.press('Tab');
    assert.equal(await focused(page), 'Allow');
    assert.notEqual(await outline(page), 'none', 'what has the focus is seen to');
    await leads(page, () => page.keyboard.press('Enter'));
    assert.match(page.url(), new RegExp(`^${app}/callback\\?code=[\\w-]{43}&state=s1$`));
  },

  async deviceByKeyboard({ open }) {
    const { user_code } = await device('openid orders.read');
    const page = await open();
    await page.goto(activate);
    await focus(page, 'user_code');
    await page.keyboard.type(user_code.toLowerCase());
    await leads(page, () => page.keyboard.press('Enter'));
    await signIn(page);
    assert.ok((await text(page, 'main')).includes(user_code), 'the page names the device');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    assert.equal(await focused(page), 'Don’t allow');
    await leads(page, () => page.keyboard.press('Enter'));
    assert.equal(await text(page, 'h1'), 'Device not connected');
  },

  async withoutScripts({ open, app }) {
    const page = await open();
    await page.setJavaScriptEnabled(false);
    await page.goto(authorization(app, { scope: SCOPE, response_mode: 'form_post' }));
    await page.type('#login', 'ada@example.com');
    await page.type('#password', 'right');
    await leads(page, () => page.click('button'));
    await leads(page, () => page.click('button[value=allow]'));
    assert.equal(await text(page, 'h1'), 'Back to the application');
    await leads(page, () => page.click('button'));
    assert.match(await text(page, '#came'), /^POST code=[\w-]{43}&state=s1$/);
  },

  async formThatSendsItself({ open, app }) {
    const page = await open();
    await page.goto(authorization(app, { response_mode: 'form_post' }));
    await signIn(page);
    await page.waitForSelector('#came');
    assert.match(await text(page, '#came'), /^POST code=[\w-]{43}&state=s1$/);
  },

  async readableInLightAndDark({ open, app }) {
    for (const scheme of ['light', 'dark']) {
      const page = await open();
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
      for await (const name of everyPage(page, app)) {
        const { background, faint } = await page.evaluate(contrasts);
        assert.equal(background < 0.2, scheme === 'dark', `${name} is ${scheme}`);
        assert.deepEqual(faint, [], `${name}, ${scheme}`);
      }
    }
  },

  /** Not a check: takes the screenshots of the documentation into the folder `SCREENSHOTS`. */
  async screenshots({ open, app }) {
    for (const scheme of ['light', 'dark']) {
      const page = await open();
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
      for await (const name of everyPage(page, app)) {
        if (!['sign-in', 'consent', 'device'].includes(name)) continue;
        await page.setViewport({ width: 640, height: 100 });
        const height = await page.evaluate(() => Math.ceil(document.querySelector('main').getBoundingClientRect().height) + 48);
        await page.setViewport({ width: 640, height });
        await page.evaluate(() => document.activeElement.blur());
        await page.screenshot({ path: `${process.env.SCREENSHOTS}/${name}-${scheme}.png` });
      }
    }
  },
};

/** Leads a browser over all pages, and tells the name of each. */
async function* everyPage(page, app) {
  await page.goto(authorization(app, { scope: SCOPE }));
  yield 'sign-in';
  await page.type('#login', 'ada@example.com');
  await page.type('#password', 'wrong');
  await leads(page, () => page.click('button'));
  yield 'wrong password';
  await page.type('#password', 'right');
  await leads(page, () => page.click('button'));
  yield 'consent';
  const { user_code, verification_uri_complete } = await device('openid orders.read');
  await page.goto(verification_uri_complete.replace(user_code, 'BKWDRMTF'));
  yield 'device';
  await leads(page, () => page.click('button'));
  yield 'wrong code';
  await page.goto(verification_uri_complete);
  await leads(page, () => page.click('button'));
  yield 'consent for a device';
  await leads(page, () => page.click('button[value=deny]'));
  yield 'message';
}

const text = (page, selector) => page.$eval(selector, (element) => element.textContent.trim());

/** What has the focus, by its id or its label. */
const focused = (page) => page.evaluate(() => document.activeElement.id || document.activeElement.textContent.trim());

const outline = (page) => page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);

/**
 * In the page: how light its background is, and the texts that stand out from theirs by less than WCAG 2.2, 1.4.3
 * asks for.
 */
function contrasts() {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const luminance = (color) => {
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue] = [...canvas.getImageData(0, 0, 1, 1).data].map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const isClear = (color) => color === 'transparent' || color.endsWith(', 0)');
  const behind = (element) => {
    const color = getComputedStyle(element).backgroundColor;
    return isClear(color) && element.parentElement ? behind(element.parentElement) : color;
  };
  const faint = [];
  for (const element of document.querySelectorAll('h1, p, label, input:not([type=hidden]), button, li, code, span')) {
    const [one, two] = [luminance(getComputedStyle(element).color), luminance(behind(element))].sort((a, b) => b - a);
    const contrast = (one + 0.05) / (two + 0.05);
    if (contrast < 4.5) faint.push(`${element.localName}: ${contrast.toFixed(2)}`);
  }
  return { background: luminance(behind(document.body)), faint };
}
