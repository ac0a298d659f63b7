// Access tokens of two real issuers with claims of their own: one token a line, of the subjects that are named.
// node issue.js oidc-provider|oauth2-mock-server SUBJECT...
import http from 'node:http';

const [which, ...subjects] = process.argv.slice(2);
const AUDIENCE = 'https://orders.canary.example';

/** Claims that name somebody, marked. */
const ofSubject = (subject) => ({
  name: `${subject} Canary`,
  email: `${subject}@canary.example`,
  employee_id: 47110815,
  tenant: 'acme',
  groups: ['canary-admins', `${subject}-team`],
  org: { id: 'org_hx7Kd9QzB2canary', plan: 'gold' },
});

async function ofMockServer() {
  const { OAuth2Server } = await import('oauth2-mock-server');
  const server = new OAuth2Server();
  await server.issuer.keys.generate('ES256');
  await server.start(0, '127.0.0.1');
  for (const subject of subjects) {
    const token = await server.issuer.buildToken({
      scopesOrTransform: (header, payload) =>
        Object.assign(payload, { sub: subject, aud: AUDIENCE, scope: 'orders:read', jti: `canary-${subject}` }, ofSubject(subject)),
    });
    console.log(token);
  }
  await server.stop();
}

async function ofProvider() {
  const { default: Provider } = await import('oidc-provider');
  let subject;
  const server = http.createServer((request, response) => provider.callback()(request, response));
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: 'canary-client', client_secret: 's', grant_types: ['client_credentials'], redirect_uris: [], response_types: [] }],
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => AUDIENCE,
        getResourceServerInfo: () => ({ scope: 'orders:read', audience: AUDIENCE, accessTokenTTL: 600, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } }),
      },
    },
    extraTokenClaims: () => ({ ...ofSubject(subject), sub: subject }),
    scopes: ['orders:read'],
  });
  for (subject of subjects) {
    const answer = await fetch(`${issuer}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from('canary-client:s').toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'orders:read' }),
    });
    console.log((await answer.json()).access_token);
  }
  server.close();
}

await (which === 'oidc-provider' ? ofProvider() : ofMockServer());
process.exit(0);
