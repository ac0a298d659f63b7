// A WebSocket, with the token behind the subprotocol `chat`; with MISTAKE=upgrades-first the connection is open before
// the token was looked at.
const { createHash } = require('node:crypto');
const { check } = require('./token');

const { MISTAKE } = process.env;
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

module.exports = async ({ headers }, socket) => {
  socket.on('error', () => socket.destroy());
  const [protocol, token] = (headers['sec-websocket-protocol'] ?? '').split(', ');
  const caller = protocol === 'chat' ? await check(token) : 401;
  if (typeof caller === 'number' && MISTAKE !== 'upgrades-first') {
    return socket.end(`HTTP/1.1 ${caller} No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  }
  const accept = createHash('sha1').update(headers['sec-websocket-key'] + GUID).digest('base64');
  const lines = ['HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: websocket', `Sec-WebSocket-Accept: ${accept}`];
  return socket.write(`${[...lines, 'Sec-WebSocket-Protocol: chat'].join('\r\n')}\r\n\r\n`);
};
