// The authenticator of the Kubernetes API server, in front of one answer.
package main

import (
	"context"
	"log"
	"net/http"
	"os"
	"slices"
	"time"

	"k8s.io/apiserver/pkg/apis/apiserver"
	"k8s.io/apiserver/pkg/authentication/request/bearertoken"
	"k8s.io/apiserver/plugin/pkg/authenticator/token/oidc"
)

// The authority of the issuer's certificate.
type authority []byte

func (a authority) CurrentCABundleContent() []byte { return a }

func main() {
	ca, err := os.ReadFile(os.Getenv("CA_FILE"))
	must(err)
	verbatim := ""
	tokens, err := oidc.New(context.Background(), oidc.Options{
		JWTAuthenticator: apiserver.JWTAuthenticator{
			Issuer: apiserver.Issuer{URL: os.Getenv("ISSUER"), Audiences: []string{os.Getenv("AUDIENCE")}},
			ClaimMappings: apiserver.ClaimMappings{
				Username: apiserver.PrefixedClaimOrExpression{Claim: "sub", Prefix: &verbatim},
				Groups:   apiserver.PrefixedClaimOrExpression{Claim: "scp", Prefix: &verbatim},
			},
		},
		CAContentProvider:    authority(ca),
		SupportedSigningAlgs: oidc.AllValidSigningAlgorithms(),
	})
	must(err)

	// It discovers its issuer in the background, and refuses everything until then.
	for tokens.HealthCheck() != nil {
		time.Sleep(10 * time.Millisecond)
	}

	guard := bearertoken.New(tokens)
	group := os.Getenv("SCOPE")
	handler := func(w http.ResponseWriter, r *http.Request) {
		answer, known, err := guard.AuthenticateRequest(r)
		status := http.StatusOK
		switch {
		case err != nil, !known:
			status = http.StatusUnauthorized
		case !slices.Contains(answer.User.GetGroups(), group):
			status = http.StatusForbidden
		}
		if status != http.StatusOK {
			log.Printf("%d: %v", status, err)
		}
		w.WriteHeader(status)
	}
	must(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), http.HandlerFunc(handler)))
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
