// JSON-RPC in a session, refused in the body; an answer is an event, behind a notice, in a stream that stays open. A
// session lives for LIFE requests, takes no id of a call twice, and knows only who began it: others get 404, whatever
// their token. With MISTAKE=session-is-login, who knows a session needs no token.
const { randomUUID } = require('node:crypto');
const { bearer } = require('./places');
const { check } = require('./token');

const { MISTAKE, LIFE = Infinity } = process.env;
const sessions = new Map();

function say(response, message) {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  const notice = { jsonrpc: '2.0', method: 'notifications/message', params: {} };
  for (const data of [notice, message]) response.write(`event: message\ndata: ${JSON.stringify(data)}\n\n`);
}

const name = ({ iss, sub }) => JSON.stringify([iss, sub]);

module.exports = async (request, body, response) => {
  const { method, id = null } = JSON.parse(body || '{}');
  const error = (code, message) => say(response, { jsonrpc: '2.0', id, error: { code, message } });
  const result = (value) => say(response, { jsonrpc: '2.0', id, result: value });
  const caller = await check(bearer(request));
  const session = sessions.get(request.headers['mcp-session-id']);
  if (session && MISTAKE === 'session-is-login') return result(session.caller);
  if (typeof caller === 'number') return error(-32000 - caller, 'not for you');
  if (method === 'initialize') {
    const session = randomUUID();
    sessions.set(session, { caller, ready: false, left: Number(LIFE), seen: new Set() });
    response.setHeader('Mcp-Session-Id', session);
    return result({ protocolVersion: '2025-06-18' });
  }
  if (!session || session.left-- <= 0 || name(session.caller) !== name(caller)) return response.writeHead(404).end();
  if (method === 'notifications/initialized') session.ready = true;
  if (method === 'notifications/initialized') return response.writeHead(202).end();
  if (!session.ready) return error(-32602, 'not initialized');
  if (session.seen.has(id)) return error(-32600, 'this id was there before');
  session.seen.add(id);
  return result(caller);
};
