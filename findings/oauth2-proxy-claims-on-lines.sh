#!/usr/bin/env bash
# oauth2-proxy 7.15.6, --skip-jwt-bearer-tokens (the session loader that it runs).
# Expected: claims that an issuer wrote with an indent, a line each, are the same JSON (RFC 8259 2: any
#   white space around the six structural characters), and what is signed is their bytes (RFC 7515 5.1).
# Seen: a token is told from other bearer tokens by "ey" at the start of its parts, which stands for a
#   brace and a quote or a space. A brace and a line feed become "ewo", and the token is not looked at:
#   "no valid bearer token found in authorization header", 403.
# A user meets: an issuer that pretty-prints its claims works with every library, and not with this
#   proxy; the log says that there is no token, though one can see it in the request.
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
claims='"iss":"https://issuer.example","aud":"api","exp":4100000000,"sub":"alice"}'
./ask "{$claims" "{ $claims" $'{\n '"$claims" > seen 2> log
cat seen log
[ "$(sed -n 's/.* -> //p' seen | xargs)" = "200 200 403" ] && grep -q 'no valid bearer token found' log ||
    { echo "This has changed."; exit 1; }
