#!/usr/bin/env bash
# oauth2-proxy 7.15.6, --skip-jwt-bearer-tokens (the session loader and claim mapping that it runs).
# Expected: `email_verified` is about the address in `email` (OpenID Connect Core 5.1); where there is no
#   `email`, there is nothing that it could make doubtful, and RFC 9068 2.2 asks for neither.
# Seen: false without any `email` refuses the token, with "email in id_token (alice) isn't verified":
#   the `sub` is taken for the address. Without the claim the same token is served.
# A user meets: accounts without an address (of machines, or by phone) get 403, if the issuer
#   states `email_verified: false` for each of them; the log sends one looking for an address.
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
./ask "{$given}" "{$given,\"email_verified\":true}" "{$given,\"email_verified\":false}" > seen 2> log
cat seen log
[ "$(sed 's/.* -> //' seen | xargs)" = "200 200 403" ] && grep -q 'email in id_token (alice)' log ||
    { echo "This has changed."; exit 1; }
