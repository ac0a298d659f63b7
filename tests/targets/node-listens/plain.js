// A plain resource, with the token in PLACE. Whom it does not know it answers REFUSES.
const places = require('./places');
const { check } = require('./token');

const { PLACE = 'bearer', REFUSES = 401 } = process.env;

module.exports = async (request, body, response) => {
  let token;
  try { token = places[PLACE](request, body); } catch { /* there is none */ }
  const caller = await check(token);
  if (typeof caller === 'number') {
    if (PLACE === 'basic') response.setHeader('WWW-Authenticate', 'Basic realm="api"');
    return response.writeHead(caller === 401 ? Number(REFUSES) : caller).end();
  }
  response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' }).end(JSON.stringify(caller));
};
