// jwx with `jwk.Cache`, with its defaults: the key set is fetched again by the clock alone.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"os"
	"regexp"
	"slices"

	"github.com/lestrrat-go/httprc/v3"
	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jws"
	"github.com/lestrrat-go/jwx/v3/jwt"
)

var (
	issuer   = os.Getenv("ISSUER")
	audience = os.Getenv("AUDIENCE")
	scope    = os.Getenv("SCOPE")
	port     = os.Getenv("SERVER_PORT")

	bearer = regexp.MustCompile(`^(?i:bearer) +(\S+)$`)
)

func main() {
	keys, err := keySet(context.Background(), issuer+"/v1/keys")
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		credentials := bearer.FindStringSubmatch(r.Header.Get("Authorization"))
		if credentials == nil {
			refuse(w, http.StatusUnauthorized, "unauthorized", "Bearer")
			return
		}
		token, err := verified(credentials[1], keys)
		if err != nil {
			refuse(w, http.StatusUnauthorized, "invalid_token", `Bearer error="invalid_token"`)
			return
		}
		var scopes []any
		if token.Get("scp", &scopes) != nil || !slices.Contains(scopes, any(scope)) {
			refuse(w, http.StatusForbidden, "insufficient_scope", `Bearer error="insufficient_scope"`)
			return
		}
		subject, _ := token.Subject()
		answer(w, http.StatusOK, map[string]any{"sub": subject})
	})
	log.Fatal(http.ListenAndServe("127.0.0.1:"+port, nil))
}

func keySet(ctx context.Context, url string) (jwk.Set, error) {
	cache, err := jwk.NewCache(ctx, httprc.NewClient())
	if err != nil {
		return nil, err
	}
	if err := cache.Register(ctx, url); err != nil {
		return nil, err
	}
	return cache.CachedSet(url)
}

// jwt.Parse alone has no word for `crit`, and a key with an `alg` is used with that one, whatever the
// token says: so the key is looked up here, and is to be one for RS256.
func verified(token string, keys jwk.Set) (jwt.Token, error) {
	message, err := jws.Parse([]byte(token))
	if err != nil {
		return nil, err
	}
	headers := message.Signatures()[0].ProtectedHeaders()
	if alg, _ := headers.Algorithm(); alg != jwa.RS256() {
		return nil, errors.New("signed with an algorithm that is not expected")
	}
	kid, _ := headers.KeyID()
	key, known := keys.LookupKeyID(kid)
	if !known || key.KeyType() != jwa.RSA() {
		return nil, errors.New("no key of the issuer has that id")
	}
	payload, err := jws.Verify([]byte(token), jws.WithKey(jwa.RS256(), key), jws.WithCritValidation(true))
	if err != nil {
		return nil, err
	}
	// Claims, and nothing else: another token in their place is none.
	claims := jwt.New()
	if err := json.Unmarshal(payload, claims); err != nil {
		return nil, err
	}
	return claims, jwt.Validate(
		claims,
		jwt.WithIssuer(issuer),
		jwt.WithAudience(audience),
		jwt.WithRequiredClaim(jwt.ExpirationKey),
	)
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
