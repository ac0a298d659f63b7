// JSON-RPC in a session, refused in the body; an answer is an event, behind a notice, in a stream that stays open. A
// session lives for LIFE requests. With MISTAKE=session-is-login, who knows a session needs no token.
const { randomUUID } = require('node:crypto');
const { bearer } = require('./places');
const { check } = require('./token');

const { MISTAKE, LIFE = Infinity } = process.env;
const sessions = new Map();
const error = (code, message) => ({ jsonrpc: '2.0', id: 1, error: { code, message } });

function say(response, message) {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  const notice = { jsonrpc: '2.0', method: 'notifications/message', params: {} };
  for (const data of [notice, message]) response.write(`event: message\ndata: ${JSON.stringify(data)}\n\n`);
}

module.exports = async (request, body, response) => {
  const { method } = JSON.parse(body || '{}');
  const caller = await check(bearer(request));
  const session = sessions.get(request.headers['mcp-session-id']);
  if (session && MISTAKE === 'session-is-login') return say(response, { jsonrpc: '2.0', id: 1, result: session.caller });
  if (typeof caller === 'number') return say(response, error(-32000 - caller, 'not for you'));
  if (method === 'initialize') {
    const id = randomUUID();
    sessions.set(id, { caller, ready: false, left: Number(LIFE) });
    response.setHeader('Mcp-Session-Id', id);
    return say(response, { jsonrpc: '2.0', id: 0, result: { protocolVersion: '2025-06-18' } });
  }
  if (!session || session.left-- <= 0) return response.writeHead(404).end();
  if (method === 'notifications/initialized') session.ready = true;
  if (method === 'notifications/initialized') return response.writeHead(202).end();
  if (!session.ready) return say(response, error(-32602, 'not initialized'));
  return say(response, { jsonrpc: '2.0', id: 1, result: caller });
};
