// An API behind OAuth 2.0: net/http, golang-jwt and keyfunc.
package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/MicahParks/jwkset"
	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"
	"golang.org/x/time/rate"
)

var (
	issuer   = os.Getenv("ISSUER")
	audience = os.Getenv("AUDIENCE")
	scope    = os.Getenv("SCOPE")
	rfc9068  = os.Getenv("TOKEN_SHAPE") == "rfc9068"
)

func main() {
	jwksURI := cmp.Or(os.Getenv("JWKS_URI"), issuer+"/v1/keys") // where Okta's key set is
	keys, err := keyfunc.NewDefaultOverrideCtx(context.Background(), []string{jwksURI}, keyfunc.Override{
		Client:            &http.Client{Transport: usableKeys{}, Timeout: 2 * time.Second},
		RefreshInterval:   30 * time.Second,
		RefreshUnknownKID: rate.NewLimiter(rate.Every(2*time.Second), 1),
		RateLimitWaitMax:  4 * time.Second,
		ValidationSkipAll: true,
	})
	if err != nil {
		log.Fatal(err)
	}
	http.Handle("GET /{$}", protect(keys, func(w http.ResponseWriter, r *http.Request, claims jwt.MapClaims) {
		answer(w, http.StatusOK, map[string]any{"sub": claims["sub"]})
	}))
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("SERVER_PORT"), nil))
}

func protect(keys keyfunc.Keyfunc, next func(http.ResponseWriter, *http.Request, jwt.MapClaims)) http.Handler {
	parser := jwt.NewParser(
		jwt.WithValidMethods([]string{"RS256"}),
		jwt.WithIssuer(issuer),
		jwt.WithAudience(audience),
		jwt.WithExpirationRequired(),
		jwt.WithLeeway(30*time.Second),
		jwt.WithStrictDecoding(),
	)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		lines := r.Header.Values("Authorization")
		scheme, token, _ := strings.Cut(strings.Join(lines, ","), " ")
		if !strings.EqualFold(scheme, "Bearer") {
			refuse(w, http.StatusUnauthorized, "Bearer")
			return
		}
		token = strings.TrimLeft(token, " ")
		if token == "" || strings.ContainsAny(token, " ,") {
			refuse(w, http.StatusBadRequest, `Bearer error="invalid_request"`)
			return
		}
		claims := jwt.MapClaims{}
		_, err := parser.ParseWithClaims(token, claims, func(t *jwt.Token) (any, error) {
			if err := checkHeader(t); err != nil {
				return nil, err
			}
			return keys.KeyfuncCtx(r.Context())(t)
		})
		if err != nil || !isAccessToken(claims) {
			refuse(w, http.StatusUnauthorized, `Bearer error="invalid_token"`)
			return
		}
		if !slices.Contains(granted(claims), scope) {
			refuse(w, http.StatusForbidden, fmt.Sprintf(`Bearer error="insufficient_scope", scope=%q`, scope))
			return
		}
		next(w, r, claims)
	})
}

// checkHeader looks at crit, the encoding and typ.
func checkHeader(t *jwt.Token) error {
	// RFC 7515 section 4.1.11: an extension that is not understood makes the token invalid.
	if _, critical := t.Header["crit"]; critical {
		return errors.New("unknown critical extension")
	}
	// RFC 7515 section 5.2: UTF-8. encoding/json replaces what is not.
	header, _, _ := strings.Cut(t.Raw, ".")
	if text, _ := base64.RawURLEncoding.DecodeString(header); !utf8.Valid(text) {
		return errors.New("the header is not UTF-8")
	}
	// RFC 9068 section 4 takes these two types and no others. Okta's access tokens have none.
	types := []string{"at+jwt", "application/at+jwt"}
	if !rfc9068 {
		types = append(types, "", "jwt")
	}
	if typ, _ := t.Header["typ"].(string); !slices.Contains(types, strings.ToLower(typ)) {
		return fmt.Errorf("typ is %q", typ)
	}
	return nil
}

// isAccessToken looks for what an ID token of the same issuer, signed with the same key, lacks.
func isAccessToken(claims jwt.MapClaims) bool {
	required := []string{"sub", "cid"}
	if rfc9068 { // section 2.2
		required = []string{"sub", "client_id", "iat", "jti"}
	}
	return !slices.ContainsFunc(required, func(name string) bool { return claims[name] == nil || claims[name] == "" })
}

func granted(claims jwt.MapClaims) (scopes []string) {
	if rfc9068 {
		text, _ := claims["scope"].(string)
		return strings.Split(text, " ")
	}
	list, _ := claims["scp"].([]any)
	for _, each := range list {
		if name, isText := each.(string); isText {
			scopes = append(scopes, name)
		}
	}
	return scopes
}

// usableKeys leaves out of the key set what could not be read, as RFC 7517 section 5 recommends, since keyfunc would
// take none of the set then, and what is no RSA key of 2048 bits or more (RFC 7518 section 3.3).
type usableKeys struct{}

func (usableKeys) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.NewDecoder(io.LimitReader(response.Body, 1<<20)).Decode(&set); err != nil {
		return nil, err
	}
	set.Keys = slices.DeleteFunc(set.Keys, func(raw json.RawMessage) bool {
		key, err := jwkset.NewJWKFromRawJSON(raw, jwkset.JWKMarshalOptions{}, jwkset.JWKValidateOptions{SkipAll: true})
		public, isRSA := key.Key().(*rsa.PublicKey)
		return err != nil || !isRSA || public.N.BitLen() < 2048 || key.Marshal().USE == jwkset.UseEnc
	})
	body, err := json.Marshal(set)
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, err
}

func refuse(w http.ResponseWriter, status int, challenge string) {
	w.Header().Set("WWW-Authenticate", challenge)
	answer(w, status, map[string]any{"error": http.StatusText(status)})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
