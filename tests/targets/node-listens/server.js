// One API that listens in many ways: KIND says in which, and MISTAKE what is wrong with it, if anything.
const http = require('node:http');

const { KIND = 'plain', SERVER_PORT } = process.env;
const websocket = require('./websocket');
const kinds = {
  plain: require('./plain'),
  events: require('./events'),
  graphql: require('./graphql'),
  rpc: require('./rpc'),
  websocket: (request, body, response) => response.writeHead(426, { Upgrade: 'websocket' }).end(),
};

async function read(request) {
  let body = '';
  for await (const part of request) body += part;
  return body;
}

const server = http.createServer(async (request, response) => {
  try {
    await kinds[KIND](request, await read(request), response);
  } catch {
    response.writeHead(400).end();
  }
});
if (KIND === 'websocket') server.on('upgrade', websocket);
server.listen(SERVER_PORT, '127.0.0.1');
