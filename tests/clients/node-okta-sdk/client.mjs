// Okta's SDK for Node sets things up at the issuer, and takes them away.
import okta from '@okta/okta-sdk-nodejs';
import { take } from '../steps.mjs';

const { ISSUER } = process.env;
const SERVER = 'default';
const org = new okta.Client({ orgUrl: new URL(ISSUER).origin, token: 'any-is-right-on-loopback' });
const servers = org.authorizationServerApi;

/** What is told of a thing that was removed. */
const gone = (outcome) => outcome.then(() => null, (error) => ({ status: error.status, code: error.errorCode }));

async function all(collection) {
  const items = [];
  await collection.each((item) => { items.push(item); });
  return items;
}

async function token(id, secret, scope) {
  const response = await fetch(`${ISSUER}/v1/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${id}:${secret}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope }),
  });
  return response.json();
}

async function scope() {
  const body = { name: 'car:drive', description: 'Drive car', consent: 'IMPLICIT' };
  const made = await servers.createOAuth2Scope({ authServerId: SERVER, oAuth2Scope: body });
  const at = { authServerId: SERVER, scopeId: made.id };
  const read = await servers.getOAuth2Scope(at);
  const listed = await all(await servers.listOAuth2Scopes({ authServerId: SERVER }));
  await servers.deleteOAuth2Scope(at);
  return {
    same: read.name === made.name && listed.some(({ id }) => id === made.id),
    description: read.description, consent: read.consent, gone: await gone(servers.getOAuth2Scope(at)),
  };
}

async function claim() {
  const body = { name: 'tenant', status: 'ACTIVE', claimType: 'RESOURCE', valueType: 'EXPRESSION', value: '"acme"', conditions: { scopes: [] } };
  const made = await servers.createOAuth2Claim({ authServerId: SERVER, oAuth2Claim: body });
  const at = { authServerId: SERVER, claimId: made.id };
  const read = await servers.getOAuth2Claim(at);
  const { access_token } = await token(process.env.CLIENT_ID, process.env.CLIENT_SECRET, process.env.SCOPE);
  const { tenant } = JSON.parse(Buffer.from(access_token.split('.')[1], 'base64url'));
  await servers.deleteOAuth2Claim(at);
  return { value: read.value, type: read.claimType, tenant, gone: await gone(servers.getOAuth2Claim(at)) };
}

async function client() {
  const application = {
    name: 'oidc_client', label: 'Made by the SDK', signOnMode: 'OPENID_CONNECT',
    credentials: { oauthClient: { token_endpoint_auth_method: 'client_secret_basic' } },
    settings: { oauthClient: { response_types: ['token'], grant_types: ['client_credentials'], application_type: 'service' } },
  };
  const made = await org.applicationApi.createApplication({ application });
  const at = { appId: made.id };
  const read = await org.applicationApi.getApplication(at);
  const { client_id, client_secret } = read.credentials.oauthClient;
  const { token_type } = await token(client_id, client_secret, process.env.SCOPE);
  await org.applicationApi.deactivateApplication(at);
  await org.applicationApi.deleteApplication(at);
  return { label: read.label, status: read.status, token_type, gone: await gone(org.applicationApi.getApplication(at)) };
}

async function server() {
  const authorizationServer = { name: 'Sample', description: 'of the SDK', audiences: ['api://sample'] };
  const made = await servers.createAuthorizationServer({ authorizationServer });
  const at = { authServerId: made.id };
  const rotated = await servers.rotateAuthorizationServerKeys({ ...at, use: { use: 'sig' } });
  const keys = await all(rotated);
  await servers.deleteAuthorizationServer(at);
  return { audiences: made.audiences, keys: keys.map(({ status }) => status), gone: await gone(servers.getAuthorizationServer(at)) };
}

async function user() {
  const body = { profile: { firstName: 'Ada', lastName: 'Lovelace', email: 'ada@example.com', login: 'ada@example.com' } };
  const made = await org.userApi.createUser({ body });
  const read = await org.userApi.getUser({ userId: 'ada@example.com', id: 'ada@example.com' });
  const at = { userId: made.id, id: made.id };
  await org.userApi.deactivateUser(at);
  await org.userApi.deleteUser(at);
  return { same: read.id === made.id, status: read.status, name: read.profile.firstName, gone: await gone(org.userApi.getUser(at)) };
}

await take({ scope, claim, client, server, user });
