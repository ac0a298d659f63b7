// golang-jwt with keyfunc, with the defaults of both.
package main

import (
	"encoding/json"
	"log"
	"net/http"
	"os"
	"regexp"
	"slices"

	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"
)

var (
	issuer   = os.Getenv("ISSUER")
	audience = os.Getenv("AUDIENCE")
	scope    = os.Getenv("SCOPE")
	port     = os.Getenv("SERVER_PORT")

	bearer = regexp.MustCompile(`^(?i:bearer) +(\S+)$`)
)

func main() {
	keys, err := keyfunc.NewDefault([]string{issuer + "/v1/keys"})
	if err != nil {
		log.Fatal(err)
	}
	parser := jwt.NewParser(
		jwt.WithValidMethods([]string{"RS256"}),
		jwt.WithIssuer(issuer),
		jwt.WithAudience(audience),
		jwt.WithExpirationRequired(),
	)
	http.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		credentials := bearer.FindStringSubmatch(r.Header.Get("Authorization"))
		if credentials == nil {
			refuse(w, http.StatusUnauthorized, "unauthorized", "Bearer")
			return
		}
		claims := jwt.MapClaims{}
		token, err := parser.ParseWithClaims(credentials[1], claims, keys.Keyfunc)
		if err != nil || token.Header["crit"] != nil {
			refuse(w, http.StatusUnauthorized, "invalid_token", `Bearer error="invalid_token"`)
			return
		}
		if scopes, ok := claims["scp"].([]any); !ok || !slices.Contains(scopes, any(scope)) {
			refuse(w, http.StatusForbidden, "insufficient_scope", `Bearer error="insufficient_scope"`)
			return
		}
		answer(w, http.StatusOK, map[string]any{"sub": claims["sub"]})
	})
	log.Fatal(http.ListenAndServe("127.0.0.1:"+port, nil))
}

func refuse(w http.ResponseWriter, status int, code, challenge string) {
	w.Header().Set("WWW-Authenticate", challenge)
	answer(w, status, map[string]any{"error": code})
}

func answer(w http.ResponseWriter, status int, body map[string]any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
