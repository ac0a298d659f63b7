// Tokens of the issuer, checked by Okta's verifier for Go.
package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"

	jwtverifier "github.com/okta/okta-jwt-verifier-golang/v2"
)

const callback = "http://localhost:3000/callback"

type told map[string]any

var (
	issuer   = os.Getenv("ISSUER")
	clientID = os.Getenv("CLIENT_ID")
	step     string // which is under way
)

var steps = map[string]func() told{
	"access-token": func() told { // taken, and refused for another audience
		jwt := token(url.Values{"grant_type": {"client_credentials"}, "scope": {os.Getenv("SCOPE")}})["access_token"]
		taken := must(verifier("aud", os.Getenv("AUDIENCE"), "cid", clientID).VerifyAccessToken(jwt))
		_, refusal := verifier("aud", "api://other").VerifyAccessToken(jwt)
		return told{"cid": taken.Claims["cid"], "scp": taken.Claims["scp"], "refused": complaint(refusal)}
	},
	"id-token": func() told { // taken, and refused with another nonce
		jwt := idToken()
		taken := must(verifier("aud", clientID, "nonce", "n").VerifyIdToken(jwt))
		_, refusal := verifier("aud", clientID, "nonce", "another").VerifyIdToken(jwt)
		return told{"name": taken.Claims["preferred_username"], "refused": complaint(refusal)}
	},
}

// verifier asks for these claims, each behind its name.
func verifier(claims ...string) *jwtverifier.JwtVerifier {
	asked := map[string]string{}
	for at := 0; at < len(claims); at += 2 {
		asked[claims[at]] = claims[at+1]
	}
	setup := jwtverifier.JwtVerifier{Issuer: issuer, ClaimsToValidate: asked}
	return must(setup.New())
}

func idToken() string {
	query := url.Values{"client_id": {clientID}, "response_type": {"code"}, "scope": {"openid profile"},
		"redirect_uri": {callback}, "state": {"s"}, "nonce": {"n"}, "login_hint": {"alice@example.com"}}
	browser := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer := must(browser.Get(issuer + "/v1/authorize?" + query.Encode()))
	defer answer.Body.Close()
	code := must(answer.Location()).Query().Get("code")
	return token(url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {callback}})["id_token"]
}

// token is what the token endpoint answers, as far as it is text.
func token(form url.Values) map[string]string {
	request := must(http.NewRequest(http.MethodPost, issuer+"/v1/token", strings.NewReader(form.Encode())))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth(clientID, os.Getenv("CLIENT_SECRET"))
	answer := must(http.DefaultClient.Do(request))
	defer answer.Body.Close()
	var members map[string]any
	must(0, json.NewDecoder(answer.Body).Decode(&members))
	texts := map[string]string{}
	for name, member := range members {
		texts[name] = fmt.Sprint(member)
	}
	return texts
}

// complaint is what is said of a token that is not in order; nil if it passes.
func complaint(err error) any {
	if err == nil {
		return nil
	}
	return err.Error()
}

func main() {
	for _, step = range os.Args[1:] {
		tell(true, steps[step]())
	}
}

// must ends the program where something fails.
func must[T any](value T, err error) T {
	if err != nil {
		tell(false, told{"error": fmt.Sprint(err)})
		os.Exit(1)
	}
	return value
}

func tell(ok bool, line told) {
	line["step"], line["ok"] = step, ok
	_ = json.NewEncoder(os.Stdout).Encode(line)
}
