// go-oidc, for access tokens: what it calls the client id is the audience.
package main

import (
	"context"
	"encoding/json"
	"log"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
)

func main() {
	provider, err := oidc.NewProvider(context.Background(), os.Getenv("ISSUER"))
	if err != nil {
		log.Fatal(err)
	}
	verifier := provider.Verifier(&oidc.Config{ClientID: os.Getenv("AUDIENCE")})
	http.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		var claims map[string]any
		_, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		verified, err := verifier.Verify(r.Context(), token)
		if err == nil {
			err = verified.Claims(&claims)
		}
		answer(w, claims, err)
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
