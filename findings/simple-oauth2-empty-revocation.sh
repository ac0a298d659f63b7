#!/usr/bin/env bash
# simple-oauth2 5.1.0 (npm), `revoke`.
# Expected: 200 with an empty body is a success (RFC 7009 2.2: the status says it, the body says nothing).
# Seen: the promise is rejected with "The content-type is not JSON compatible", though the server has
#   revoked the token; the same answer with `{}` as application/json is taken.
# A user meets: a sign-out that fails at every issuer which answers as the RFC has it, Okta among them.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true,"type":"module"}' >package.json
npm install --silent --no-fund --no-audit simple-oauth2@5.1.0
cat >try.mjs <<'JS'
import http from "node:http";
import { AuthorizationCode } from "simple-oauth2";

const revoked = [];
const server = http.createServer((request, response) => {
  let body = "";
  request.on("data", (part) => (body += part));
  request.on("end", () => {
    revoked.push(new URLSearchParams(body).get("token"));
    const json = request.url === "/json";
    response.writeHead(200, json ? { "content-type": "application/json" } : {});
    response.end(json ? "{}" : "");
  });
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const outcome = async (revokePath) => {
  const client = new AuthorizationCode({
    client: { id: "app", secret: "only-for-tests" },
    auth: { tokenHost: `http://127.0.0.1:${server.address().port}`, revokePath },
  });
  const token = client.createToken({ access_token: "AT", token_type: "Bearer", expires_in: 3600 });
  return token.revoke("access_token").then(() => "taken", (error) => error.message);
};
console.log(`empty: ${await outcome("/empty")}`);
console.log(`json: ${await outcome("/json")}`);
console.log(`seen: ${revoked.join(" ")}`);
server.close();
JS
timeout 60 node try.mjs | tee seen
expected='empty: The content-type is not JSON compatible
json: taken
seen: AT AT'
[ "$(cat seen)" = "$expected" ] || { echo "This has changed."; exit 1; }
