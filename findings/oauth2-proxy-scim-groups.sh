#!/usr/bin/env bash
# oauth2-proxy 7.15.6, --skip-jwt-bearer-tokens (the session loader and claim mapping that it runs).
# Expected: `groups` may be a list of objects: RFC 9068 2.2.3.1 defines the claim by the attribute of SCIM,
#   which is {"value", "$ref", "display"} (RFC 7643 4.1.2, 8.2). A proxy that was told of no allowed
#   group has no need of the claim and passes over what it cannot read (RFC 7519 4).
# Seen: such a token is refused as a whole, "expected a string or an array of strings"; an empty list,
#   null, and a list of texts are served.
# A user meets: 403 for everyone who is in a group, while people in none are served, on a proxy that
#   was set up to ask for no group at all.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
cat > main.go <<'GO'
package main

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/coreos/go-oidc/v3/oidc"
	api "github.com/oauth2-proxy/oauth2-proxy/v7/pkg/apis/middleware"
	"github.com/oauth2-proxy/oauth2-proxy/v7/pkg/middleware"
)

func main() {
	key, _ := rsa.GenerateKey(rand.Reader, 2048)
	keys := &oidc.StaticKeySet{PublicKeys: []crypto.PublicKey{key.Public()}}
	verifier := oidc.NewVerifier("https://issuer.example", keys, &oidc.Config{ClientID: "api"})
	session := api.CreateTokenToSessionFunc(verifier.Verify, api.SessionClaimMapping{})
	served := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	proxy := middleware.NewJwtSessionLoader([]api.TokenToSessionFunc{session}, false)(served)
	encode := base64.RawURLEncoding.EncodeToString
	for _, claims := range os.Args[1:] {
		text := encode([]byte(`{"alg":"RS256"}`)) + "." + encode([]byte(claims))
		hash := sha256.Sum256([]byte(text))
		signature, _ := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, hash[:])
		request := httptest.NewRequest("GET", "/", nil)
		request.Header.Set("Authorization", "Bearer "+text+"."+encode(signature))
		answer := httptest.NewRecorder()
		proxy.ServeHTTP(answer, api.AddRequestScope(request, &api.RequestScope{}))
		fmt.Printf("%s -> %d\n", claims, answer.Code)
	}
}
GO
{ go mod init ask && go get github.com/oauth2-proxy/oauth2-proxy/v7@v7.15.6 && go build -mod=mod -o ask; } \
    > go.log 2>&1 || { cat go.log >&2; exit 2; }
given='"iss":"https://issuer.example","aud":"api","exp":4100000000,"sub":"alice"'
./ask "{$given,\"groups\":[]}" "{$given,\"groups\":null}" "{$given,\"groups\":[\"staff\"]}" \
    "{$given,\"groups\":[{\"value\":\"e9e30dba\",\"display\":\"staff\"}]}" > seen 2> log
cat seen log
[ "$(sed 's/.* -> //' seen | xargs)" = "200 200 200 403" ] && grep -q 'failed to parse groups claim' log ||
    { echo "This has changed."; exit 1; }
