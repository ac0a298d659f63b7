// Work that a token can ask for before it is verified, one usual mistake each.
const crypto = require('node:crypto');
const zlib = require('node:zlib');

const bytes = (text) => Buffer.from(text, 'base64url');

module.exports = {
  'copies-at-each-dot': ({ token }) => {
    for (let rest = Buffer.from(token), at; (at = rest.indexOf('.')) >= 0;) rest = Buffer.from(rest.subarray(at + 1));
  },
  'compares-all-members': ({ claims }) => claims().groups?.some((one, at, all) => all.indexOf(one, at + 1) > 0),
  'derives-keys': ({ header }) => {
    const { p2c, p2s } = header();
    if (p2c) crypto.pbkdf2Sync('password', p2s, p2c, 16, 'sha256');
  },
  'inflates-bombs': async ({ token, header, keyOf }) => {
    const { alg, kid } = header();
    if (alg !== 'dir') return;
    const pem = (await keyOf(kid)).export({ type: 'spki', format: 'pem' });
    const [head, , iv, text, tag] = token.split('.');
    const cipher = crypto.createDecipheriv('aes-256-gcm', crypto.createHash('sha256').update(pem).digest(), bytes(iv));
    cipher.setAAD(Buffer.from(head)).setAuthTag(bytes(tag));
    zlib.inflateRawSync(Buffer.concat([cipher.update(bytes(text)), cipher.final()]));
  },
  'uses-huge-keys': ({ header }) => {
    const { jwk } = header();
    const key = jwk && crypto.createPublicKey({ key: jwk, format: 'jwk' });
    if (key) crypto.publicEncrypt({ key, padding: crypto.constants.RSA_NO_PADDING }, Buffer.alloc(bytes(jwk.n).length, 1));
  },
  'trims-with-a-pattern': ({ line }) => line.replace(/\s+$/, ''),
  'matches-words-of-words': ({ token }) => token.length < 30 && /^(\w+)+$/.test(token),
};
