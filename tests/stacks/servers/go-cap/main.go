// HashiCorp's cap/jwt.
package main

import (
	"context"
	"encoding/json"
	"log"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/hashicorp/cap/jwt"
)

func main() {
	keys, err := jwt.NewJSONWebKeySet(context.Background(), os.Getenv("ISSUER")+"/v1/keys", "")
	if err != nil {
		log.Fatal(err)
	}
	validator, err := jwt.NewValidator(keys)
	if err != nil {
		log.Fatal(err)
	}
	expected := jwt.Expected{
		Issuer:            os.Getenv("ISSUER"),
		Audiences:         []string{os.Getenv("AUDIENCE")},
		SigningAlgorithms: []jwt.Alg{jwt.RS256},
	}
	http.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		_, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		claims, err := validator.Validate(r.Context(), token, expected)
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
