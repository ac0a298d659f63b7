// An API behind OAuth 2.0: net/http and coreos/go-oidc.
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
	"sync"
	"time"
	"unicode/utf8"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
)

var (
	issuer   = os.Getenv("ISSUER")
	audience = os.Getenv("AUDIENCE")
	scope    = os.Getenv("SCOPE")
	rfc9068  = os.Getenv("TOKEN_SHAPE") == "rfc9068"
)

type claims map[string]any

func main() {
	provider, err := oidc.NewProvider(context.Background(), issuer)
	if err != nil {
		log.Fatal(err)
	}
	var metadata struct {
		JWKSURI string `json:"jwks_uri"`
	}
	if err := provider.Claims(&metadata); err != nil {
		log.Fatal(err)
	}
	keys := &freshKeys{uri: cmp.Or(os.Getenv("JWKS_URI"), metadata.JWKSURI)}
	verifier := oidc.NewVerifier(issuer, keys, &oidc.Config{ClientID: audience, SupportedSigningAlgs: []string{oidc.RS256}})

	http.Handle("GET /{$}", protect(verifier, func(w http.ResponseWriter, r *http.Request, caller claims) {
		answer(w, http.StatusOK, map[string]any{"sub": caller["sub"]})
	}))
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("SERVER_PORT"), nil))
}

func protect(verifier *oidc.IDTokenVerifier, next func(http.ResponseWriter, *http.Request, claims)) http.Handler {
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
		caller, err := verify(r.Context(), verifier, token)
		if err != nil {
			refuse(w, http.StatusUnauthorized, `Bearer error="invalid_token"`)
			return
		}
		if !slices.Contains(caller.scopes(), scope) {
			refuse(w, http.StatusForbidden, fmt.Sprintf(`Bearer error="insufficient_scope", scope=%q`, scope))
			return
		}
		next(w, r, caller)
	})
}

func verify(ctx context.Context, verifier *oidc.IDTokenVerifier, token string) (caller claims, err error) {
	if err := checkHeader(token); err != nil {
		return nil, err
	}
	verified, err := verifier.Verify(ctx, token)
	if err != nil {
		return nil, err
	}
	if err := verified.Claims(&caller); err != nil {
		return nil, err
	}
	// What an ID token of the same issuer, signed with the same key, lacks.
	required := []string{"sub", "cid"}
	if rfc9068 { // section 2.2
		required = []string{"sub", "client_id", "iat", "jti"}
	}
	for _, name := range required {
		if caller[name] == nil || caller[name] == "" {
			return nil, fmt.Errorf("no %s", name)
		}
	}
	// RFC 7519 section 2: a NumericDate is a number, and no text with one in it.
	for _, name := range []string{"exp", "nbf", "iat"} {
		if _, isNumber := caller[name].(float64); caller[name] != nil && !isNumber {
			return nil, fmt.Errorf("%s is no number", name)
		}
	}
	return caller, nil
}

// checkHeader looks at the encoding, crit and typ.
func checkHeader(token string) error {
	first, _, _ := strings.Cut(token, ".")
	text, err := base64.RawURLEncoding.Strict().DecodeString(first)
	if err != nil || !utf8.Valid(text) { // RFC 7515 section 5.2
		return errors.New("the header is not base64url of UTF-8")
	}
	var header map[string]any
	if err := json.Unmarshal(text, &header); err != nil {
		return err
	}
	// RFC 7515 section 4.1.11: an extension that is not understood makes the token invalid.
	if _, critical := header["crit"]; critical {
		return errors.New("unknown critical extension")
	}
	// RFC 9068 section 4 takes these two types and no others. Okta's access tokens have none.
	types := []string{"at+jwt", "application/at+jwt"}
	if !rfc9068 {
		types = append(types, "", "jwt")
	}
	if typ, _ := header["typ"].(string); !slices.Contains(types, strings.ToLower(typ)) {
		return fmt.Errorf("typ is %q", typ)
	}
	return nil
}

func (c claims) scopes() (scopes []string) {
	if rfc9068 {
		text, _ := c["scope"].(string)
		return strings.Split(text, " ")
	}
	list, _ := c["scp"].([]any)
	for _, each := range list {
		if name, isText := each.(string); isText {
			scopes = append(scopes, name)
		}
	}
	return scopes
}

// freshKeys gives the key set an age: a RemoteKeySet fetches again for what it can't verify, and a key that the issuer
// has withdrawn is to be forgotten without that, too.
type freshKeys struct {
	uri   string
	mutex sync.Mutex
	until time.Time
	keys  *oidc.RemoteKeySet
}

func (f *freshKeys) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	f.mutex.Lock()
	if now := time.Now(); now.After(f.until) {
		client := &http.Client{Timeout: 5 * time.Second, Transport: usableKeys{}}
		f.keys = oidc.NewRemoteKeySet(oidc.ClientContext(context.Background(), client), f.uri)
		f.until = now.Add(30 * time.Second)
	}
	keys := f.keys
	f.mutex.Unlock()
	return keys.VerifySignature(ctx, token)
}

// usableKeys leaves out of the key set what can't be read, as RFC 7517 section 5 recommends, and what is no key for RS256
// (RFC 7517 section 4.4) of 2048 bits or more (RFC 7518 section 3.3).
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
		var key jose.JSONWebKey
		err := json.Unmarshal(raw, &key)
		public, isRSA := key.Key.(*rsa.PublicKey)
		isRS256 := key.Algorithm == "" || key.Algorithm == oidc.RS256
		return err != nil || !isRSA || public.N.BitLen() < 2048 || !isRS256 || key.Use == "enc"
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
