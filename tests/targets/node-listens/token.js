// The check of a token, as it should be; MISTAKE=forgets-expiry and MISTAKE=any-issuer leave a part of it out.
const { createPublicKey, verify } = require('node:crypto');

const { ISSUER, AUDIENCE = 'api://default', SCOPE = 'test_scope', MISTAKE } = process.env;
const utf8 = new TextDecoder('utf-8', { fatal: true });
const part = (text) => JSON.parse(utf8.decode(Buffer.from(text, 'base64url')));
let known = [];

async function keyOf(kid) {
  if (!known.some((jwk) => jwk.kid === kid)) known = (await (await fetch(`${ISSUER}/v1/keys`)).json()).keys ?? [];
  return createPublicKey({ key: known.find((jwk) => jwk.kid === kid), format: 'jwk' });
}

// The claims of a good token, or the status that is due: 401, 403.
async function check(token) {
  try {
    const [, head, body, signature] = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(token);
    const { alg, kid, crit } = part(head);
    const genuine = verify('sha256', `${head}.${body}`, await keyOf(kid), Buffer.from(signature, 'base64url'));
    if (alg !== 'RS256' || crit !== undefined || !genuine) return 401;
    const { iss, aud, exp, nbf, scp, sub } = part(body);
    const now = Date.now() / 1000;
    if (MISTAKE !== 'any-issuer' && iss !== ISSUER) return 401;
    if (![aud].flat().includes(AUDIENCE) || nbf > now) return 401;
    if (MISTAKE !== 'forgets-expiry' && !(exp > now)) return 401;
    return Array.isArray(scp) && scp.includes(SCOPE) ? { iss, sub } : 403;
  } catch {
    return 401;
  }
}

module.exports = { check, part };
