// A web application's way with golang.org/x/oauth2 and coreos/go-oidc, each answer checked.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

type told map[string]any

var (
	ctx      = context.Background()
	provider *oidc.Provider
	config   oauth2.Config
	token    *oauth2.Token
	step     string // which is under way
)

var steps = map[string]func() told{
	"discovery": func() told {
		provider = must(oidc.NewProvider(ctx, os.Getenv("ISSUER")))
		config = oauth2.Config{ClientID: os.Getenv("CLIENT_ID"), ClientSecret: os.Getenv("CLIENT_SECRET"),
			Endpoint: provider.Endpoint(), RedirectURL: "http://localhost:3000/callback",
			Scopes: []string{oidc.ScopeOpenID, "email", oidc.ScopeOfflineAccess, os.Getenv("SCOPE")}}
		return told{"token_endpoint": config.Endpoint.TokenURL}
	},
	"code": func() told {
		verifier := oauth2.GenerateVerifier()
		back := redirection(config.AuthCodeURL("s", oauth2.S256ChallengeOption(verifier), oidc.Nonce("n"), user))
		token = must(config.Exchange(ctx, back.Get("code"), oauth2.VerifierOption(verifier)))
		id := idToken()
		return told{"type": token.Type(), "state": back.Get("state"), "nonce": id.Nonce,
			"at_hash": id.VerifyAccessToken(token.AccessToken) == nil}
	},
	"userinfo": func() told {
		user := must(provider.UserInfo(ctx, oauth2.StaticTokenSource(token)))
		return told{"sub": user.Subject, "email": user.Email}
	},
	"refresh": func() told { // by itself, since the token is over
		over := *token
		over.Expiry = time.Now().Add(-time.Minute)
		token = must(config.TokenSource(ctx, &over).Token())
		return told{"fresh": token.AccessToken != over.AccessToken, "sub": idToken().Subject}
	},
	"client-credentials": func() told {
		grant := clientcredentials.Config{ClientID: config.ClientID, ClientSecret: config.ClientSecret,
			TokenURL: config.Endpoint.TokenURL, Scopes: []string{os.Getenv("SCOPE")}}
		token := must(grant.Token(ctx))
		return told{"type": token.Type(), "scope": token.Extra("scope")}
	},
	"device": func() told {
		// RFC 8628 section 3.1 wants the secret of a client that has one, which the library leaves to its caller.
		asked := must(config.DeviceAuth(ctx, user, oauth2.SetAuthURLParam("client_secret", config.ClientSecret)))
		token = must(config.DeviceAccessToken(ctx, asked))
		return told{"uri": asked.VerificationURI, "sub": idToken().Subject}
	},
}

// user is who signs in.
var user = oauth2.SetAuthURLParam("login_hint", "alice@example.com")

// redirection is the query of the address that a browser would be sent to.
func redirection(address string) url.Values {
	browser := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer := must(browser.Get(address))
	defer answer.Body.Close()
	return must(answer.Location()).Query()
}

func idToken() *oidc.IDToken {
	raw, _ := token.Extra("id_token").(string)
	return must(provider.Verifier(&oidc.Config{ClientID: config.ClientID}).Verify(ctx, raw))
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
