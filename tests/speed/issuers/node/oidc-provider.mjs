// oidc-provider answers for a host. This one knows a client and signs everybody in without a page.
import { generateKeyPairSync } from 'node:crypto';
import Provider from 'oidc-provider';

const port = Number(process.argv[2]);
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = { ...privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig' };
const resource = 'urn:speed:api';

const provider = new Provider(`http://127.0.0.1:${port}`, {
  jwks: { keys: [key] },
  clients: [{
    client_id: 'client',
    client_secret: 'only-for-tests',
    redirect_uris: ['http://localhost:3000/callback'],
    grant_types: ['authorization_code', 'client_credentials'],
    response_types: ['code'],
  }],
  cookies: { keys: ['only-for-tests'] },
  scopes: ['openid', 'test_scope'],
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => resource,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({ scope: 'test_scope', accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } }),
    },
  },
  interactions: { url: (_, interaction) => `/sign-in/${interaction.uid}` },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({ clientId: 'client', accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope('openid test_scope');
    grant.addResourceScope(resource, 'test_scope');
    await grant.save();
    return grant;
  },
});

provider.use(async (ctx, next) => {
  if (!ctx.path.startsWith('/sign-in/')) return next();
  await provider.interactionFinished(ctx.req, ctx.res, { login: { accountId: 'user@example.com' } });
  ctx.respond = false;
});

provider.listen(port, '127.0.0.1');
