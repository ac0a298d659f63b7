// Auth0's go-jwt-middleware with its caching provider, which is told how long to keep a key set: five minutes, as its
// documentation shows.
package main

import (
	"context"
	"encoding/json"
	"log"
	"net/http"
	"net/url"
	"os"
	"slices"
	"time"

	jwtmiddleware "github.com/auth0/go-jwt-middleware/v2"
	"github.com/auth0/go-jwt-middleware/v2/jwks"
	"github.com/auth0/go-jwt-middleware/v2/validator"
)

// scopes is what of the token the library does not read by itself.
type scopes struct {
	Scopes []string `json:"scp"`
}

func (scopes) Validate(context.Context) error { return nil }

func main() {
	issuer, err := url.Parse(os.Getenv("ISSUER"))
	if err != nil {
		log.Fatal(err)
	}
	keys := jwks.NewCachingProvider(issuer, 5*time.Minute)
	tokens, err := validator.New(
		keys.KeyFunc,
		validator.RS256,
		issuer.String(),
		[]string{os.Getenv("AUDIENCE")},
		validator.WithCustomClaims(func() validator.CustomClaims { return &scopes{} }),
	)
	if err != nil {
		log.Fatal(err)
	}
	http.Handle("GET /{$}", jwtmiddleware.New(tokens.ValidateToken).CheckJWT(http.HandlerFunc(answer)))
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("SERVER_PORT"), nil))
}

func answer(w http.ResponseWriter, r *http.Request) {
	claims := r.Context().Value(jwtmiddleware.ContextKey{}).(*validator.ValidatedClaims)
	if !slices.Contains(claims.CustomClaims.(*scopes).Scopes, os.Getenv("SCOPE")) {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"sub": claims.RegisteredClaims.Subject})
}
