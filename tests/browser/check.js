// Runs one check in a browser: `node check.js NAME`, with `ISSUER` and `CLIENT_ID`.

import { withBrowser } from './browser.js';
import { okta } from './okta.js';
import { pages } from './pages.js';

const checks = { ...pages, ...okta };
const name = process.argv[2];
if (!Object.hasOwn(checks, name)) throw new Error(`no check "${name}": there are ${Object.keys(checks).join(', ')}`);
await withBrowser(checks[name]);
