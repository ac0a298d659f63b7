// An API behind OAuth 2.0: net/http and lestrrat-go/jwx.
package main

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

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
	rfc9068  = os.Getenv("TOKEN_SHAPE") == "rfc9068"
)

func main() {
	jwk.Configure(jwk.WithStrictKeyUsage(false))
	keys, err := newIssuerKeys(context.Background(), cmp.Or(os.Getenv("JWKS_URI"), issuer+"/v1/keys")) // Okta's place
	if err != nil {
		log.Fatal(err)
	}
	http.Handle("GET /{$}", protect(keys, func(w http.ResponseWriter, r *http.Request, token jwt.Token) {
		subject, _ := token.Subject()
		answer(w, http.StatusOK, map[string]any{"sub": subject})
	}))
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("SERVER_PORT"), nil))
}

func protect(keys *issuerKeys, next func(http.ResponseWriter, *http.Request, jwt.Token)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		lines := r.Header.Values("Authorization")
		scheme, text, _ := strings.Cut(strings.Join(lines, ","), " ")
		if !strings.EqualFold(scheme, "Bearer") {
			refuse(w, http.StatusUnauthorized, "Bearer")
			return
		}
		text = strings.TrimLeft(text, " ")
		if text == "" || strings.ContainsAny(text, " ,") {
			refuse(w, http.StatusBadRequest, `Bearer error="invalid_request"`)
			return
		}
		token, err := verify(r.Context(), keys, text)
		if err != nil {
			refuse(w, http.StatusUnauthorized, `Bearer error="invalid_token"`)
			return
		}
		if !slices.Contains(granted(token), scope) {
			refuse(w, http.StatusForbidden, fmt.Sprintf(`Bearer error="insufficient_scope", scope=%q`, scope))
			return
		}
		next(w, r, token)
	})
}

func verify(ctx context.Context, keys *issuerKeys, text string) (jwt.Token, error) {
	header, err := readHeader(text)
	if err != nil {
		return nil, err
	}
	kid, _ := header.KeyID()
	key, err := keys.find(ctx, kid)
	if err != nil {
		return nil, err
	}
	payload, err := jws.VerifyCompactFast(key, []byte(text), jwa.RS256())
	if err != nil {
		return nil, err
	}
	// Not by jwt.Parse: what was verified are claims, and no token once more.
	var claims map[string]any
	token := jwt.New()
	if err := errors.Join(json.Unmarshal(payload, &claims), json.Unmarshal(payload, token)); err != nil {
		return nil, err
	}
	// RFC 7519 section 2: a NumericDate is a number, and no text with one in it.
	for _, name := range []string{"exp", "nbf", "iat"} {
		if _, isNumber := claims[name].(float64); claims[name] != nil && !isNumber {
			return nil, fmt.Errorf("%s is no number", name)
		}
	}
	options := []jwt.ValidateOption{
		jwt.WithIssuer(issuer),
		jwt.WithAudience(audience),
		jwt.WithAcceptableSkew(30 * time.Second),
	}
	// "cid" or "client_id": what an ID token of the same issuer, signed with the same key, lacks.
	required := []string{"exp", "sub", "cid"}
	if rfc9068 { // section 2.2
		required = []string{"exp", "sub", "client_id", "iat", "jti"}
	}
	for _, name := range required {
		options = append(options, jwt.WithRequiredClaim(name))
	}
	return token, jwt.Validate(token, options...)
}

// compact is RFC 7515 section 7.1: three parts in base64url and nothing else.
var compact = regexp.MustCompile(`^[\w-]+\.[\w-]+\.[\w-]+$`)

func readHeader(text string) (jws.Headers, error) {
	if !compact.MatchString(text) {
		return nil, errors.New("malformed")
	}
	message, err := jws.Parse([]byte(text), jws.WithCompact())
	if err != nil {
		return nil, err
	}
	header := message.Signatures()[0].ProtectedHeaders()
	if alg, _ := header.Algorithm(); alg != jwa.RS256() {
		return nil, fmt.Errorf("alg is %s", alg)
	}
	// RFC 9068 section 4 takes these two types and no others. Okta's access tokens have none.
	types := []string{"at+jwt", "application/at+jwt"}
	if !rfc9068 {
		types = append(types, "", "jwt")
	}
	if typ, _ := header.Type(); !slices.Contains(types, strings.ToLower(typ)) {
		return nil, fmt.Errorf("typ is %q", typ)
	}
	first, _, _ := strings.Cut(text, ".")
	if decoded, _ := base64.RawURLEncoding.DecodeString(first); !utf8.Valid(decoded) { // RFC 7515 section 5.2
		return nil, errors.New("the header is not UTF-8")
	}
	return header, nil
}

func granted(token jwt.Token) (scopes []string) {
	if rfc9068 {
		var text string
		_ = token.Get("scope", &text)
		return strings.Split(text, " ")
	}
	var list []any
	_ = token.Get("scp", &list)
	for _, each := range list {
		if name, isText := each.(string); isText {
			scopes = append(scopes, name)
		}
	}
	return scopes
}

// issuerKeys is a jwk.Cache, which fetches by the clock, that also fetches for a `kid` that it does not know.
type issuerKeys struct {
	cache *jwk.Cache
	url   string
	mutex sync.Mutex
	asked time.Time
}

func newIssuerKeys(ctx context.Context, url string) (*issuerKeys, error) {
	cache, err := jwk.NewCache(ctx, httprc.NewClient())
	if err != nil {
		return nil, err
	}
	err = cache.Register(ctx, url,
		jwk.WithHTTPClient(&http.Client{Timeout: 5 * time.Second}),
		jwk.WithConstantInterval(30*time.Second),
		jwk.WithIgnoreParseError(true),
		jwk.WithWaitReady(false),
	)
	return &issuerKeys{cache: cache, url: url}, err
}

func (k *issuerKeys) find(ctx context.Context, kid string) (jwk.Key, error) {
	if key, err := k.cached(ctx, kid); err == nil {
		return key, nil
	}
	k.mutex.Lock()
	defer k.mutex.Unlock()
	key, err := k.cached(ctx, kid) // whoever had the lock may have fetched it
	if err == nil || time.Since(k.asked) < time.Second {
		return key, err
	}
	k.asked = time.Now()
	if _, err := k.cache.Refresh(ctx, k.url); err != nil {
		return nil, err
	}
	return k.cached(ctx, kid)
}

func (k *issuerKeys) cached(ctx context.Context, kid string) (jwk.Key, error) {
	set, err := k.cache.Lookup(ctx, k.url)
	if err != nil {
		return nil, err
	}
	for i := range set.Len() {
		key, _ := set.Key(i)
		id, _ := key.KeyID()
		alg, hasAlg := key.Algorithm()
		isAsked := id == kid || kid == "" && set.Len() == 1 // RFC 7515 section 4.1.4: `kid` is optional
		// RFC 7517: keys of different types may share a `kid` (4.5), and a key with an `alg` is for that one alone (4.4).
		if isAsked && key.KeyType() == jwa.RSA() && (!hasAlg || alg == jwa.RS256()) {
			return key, nil
		}
	}
	return nil, fmt.Errorf("no key for %q", kid)
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
