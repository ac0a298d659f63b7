import { createRemoteJwksSigningKeyProvider, defineConfig } from '@graphql-hive/gateway'

const { AUDIENCE, ISSUER, JWKS_URI } = process.env

export const gatewayConfig = defineConfig({
  jwt: {
    signingKeyProviders: [createRemoteJwksSigningKeyProvider({ jwksUri: JWKS_URI })],
    tokenVerification: { issuer: ISSUER, audience: AUDIENCE, algorithms: ['RS256'] },
  },
})
