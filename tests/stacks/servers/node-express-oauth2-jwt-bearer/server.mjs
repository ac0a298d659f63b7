// express-oauth2-jwt-bearer, which finds the key set by the issuer's metadata.
import express from 'express';
import { auth } from 'express-oauth2-jwt-bearer';

const { ISSUER, AUDIENCE, SCOPE, SERVER_PORT } = process.env;

const app = express();
app.use(auth({ issuerBaseURL: ISSUER, audience: AUDIENCE }));
app.get('/', (request, response) => {
  const { scp, sub } = request.auth.payload;
  response.status(scp?.includes(SCOPE) ? 200 : 403).json({ sub });
});
app.use((error, request, response, next) => {
  response.status(error.status ?? 401).set(error.headers ?? {}).end();
});
app.listen(SERVER_PORT, '127.0.0.1');
