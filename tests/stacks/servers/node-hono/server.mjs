// Hono with its `jwk` middleware.
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { jwk } from 'hono/jwk';

const { ISSUER, AUDIENCE, SCOPE, SERVER_PORT } = process.env;

const app = new Hono();
app.use(jwk({ jwks_uri: `${ISSUER}/v1/keys`, alg: ['RS256'], verification: { iss: ISSUER, aud: AUDIENCE } }));
app.get('/', (context) => {
  const { scp, sub } = context.get('jwtPayload');
  return context.json({ sub }, scp?.includes(SCOPE) ? 200 : 403);
});
serve({ fetch: app.fetch, port: Number(SERVER_PORT), hostname: '127.0.0.1' });
