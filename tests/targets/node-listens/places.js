// Where the token travels: each finds the one token of a request, or none.
const behind = (scheme, line = '') => (line.toLowerCase().startsWith(`${scheme} `) ? line.slice(scheme.length + 1) : undefined);
const only = (all) => (all.length === 1 ? all[0] : undefined);
const decoded = (line) => Buffer.from(behind('basic', line) ?? '', 'base64').toString();

module.exports = {
  bearer: ({ headers }) => behind('bearer', headers.authorization),
  scheme: ({ headers }) => behind('token', headers.authorization),
  bare: ({ headers }) => headers.authorization,
  field: ({ headers }) => headers['x-api-token'],
  basic: ({ headers }) => (decoded(headers.authorization).startsWith('token:') ? decoded(headers.authorization).slice(6) : undefined),
  cookie: ({ headers }) => only((headers.cookie ?? '').split('; ').filter((pair) => pair.startsWith('sid='))).slice(4),
  json: (request, body) => JSON.parse(body).auth.token,
  form: (request, body) => only(new URLSearchParams(body).getAll('access_token')),
};
