// GraphQL, which refuses in the body of a 200; with MISTAKE=resolves-unverified it asks the claims of any token.
const { bearer } = require('./places');
const { check, part } = require('./token');

const { MISTAKE } = process.env;
const refusal = { 401: 'UNAUTHENTICATED', 403: 'FORBIDDEN' };

async function resolve(request, body) {
  if (!body.includes('me')) return { errors: [{ message: 'no such query' }] };
  const token = bearer(request);
  const caller = await check(token);
  if (MISTAKE === 'resolves-unverified' && token?.split('.').length > 1) return { data: { me: { sub: part(token.split('.')[1]).sub } } };
  if (typeof caller !== 'number') return { data: { me: caller } };
  return { data: { me: null }, errors: [{ message: 'not for you', path: ['me'], extensions: { code: refusal[caller] } }] };
}

module.exports = async (request, body, response) => {
  const answer = await resolve(request, body).catch(() => ({ errors: [{ message: 'no query' }] }));
  response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' }).end(JSON.stringify(answer));
};
