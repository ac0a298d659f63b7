// Zitadel's oidc with its own HTTP client. Its verifier of access tokens does not look at the audience.
package main

import (
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/zitadel/oidc/v3/pkg/client/rp"
	httphelper "github.com/zitadel/oidc/v3/pkg/http"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

func main() {
	issuer := os.Getenv("ISSUER")
	verifier := op.NewAccessTokenVerifier(issuer, rp.NewRemoteKeySet(httphelper.DefaultHTTPClient, issuer+"/v1/keys"))
	http.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		_, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		verified, err := op.VerifyAccessToken[*oidc.AccessTokenClaims](r.Context(), token, verifier)
		if err != nil {
			answer(w, nil, err)
			return
		}
		if !slices.Contains(verified.Audience, os.Getenv("AUDIENCE")) {
			err = errors.New("for another API")
		}
		answer(w, verified.Claims, err)
	})
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("SERVER_PORT"), nil))
}

func answer(w http.ResponseWriter, claims map[string]any, err error) {
	scopes, _ := claims["scp"].([]any)
	switch {
	case err != nil:
		w.Header().Set("WWW-Authenticate", "Bearer")
		w.WriteHeader(http.StatusUnauthorized)
	case !slices.Contains(scopes, any(os.Getenv("SCOPE"))):
		w.WriteHeader(http.StatusForbidden)
	default:
		_ = json.NewEncoder(w).Encode(map[string]any{"sub": claims["sub"]})
	}
}
