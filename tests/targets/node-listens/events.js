// A stream of events that never ends; with MISTAKE=opens-first it is open before the token was looked at, and with
// SILENT=1 no event comes.
const { bearer } = require('./places');
const { check } = require('./token');

const { MISTAKE, SILENT } = process.env;
const open = (response) => response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });

module.exports = async (request, body, response) => {
  if (MISTAKE === 'opens-first') open(response).flushHeaders();
  const caller = await check(bearer(request));
  if (MISTAKE === 'opens-first' && typeof caller === 'number') return response.write(`event: error\ndata: ${caller}\n\n`);
  if (typeof caller === 'number') return response.writeHead(caller, { 'WWW-Authenticate': 'Bearer realm="api"' }).end();
  if (!response.headersSent) open(response).flushHeaders();
  if (SILENT) return undefined;
  response.write(`: hello\n\ndata: ${JSON.stringify(caller)}\n\n`);
  const beat = setInterval(() => response.write(': beat\n\n'), 200);
  return response.on('close', () => clearInterval(beat));
};
