// The OpenTelemetry Collector's OIDC extension, in front of one answer.
package main

import (
	"context"
	"log"
	"net/http"
	"os"

	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/oidcauthextension"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension"
	"go.opentelemetry.io/collector/extension/extensionauth"
	"go.uber.org/zap"
)

func main() {
	factory := oidcauthextension.NewFactory()
	config := factory.CreateDefaultConfig().(*oidcauthextension.Config)
	config.Providers = []oidcauthextension.ProviderCfg{{
		IssuerURL:     os.Getenv("ISSUER"),
		Audience:      os.Getenv("AUDIENCE"),
		IssuerCAPath:  os.Getenv("CA_FILE"),
		UsernameClaim: "sub",
	}}
	must(config.Validate())

	settings := extension.Settings{ID: component.NewID(factory.Type())}
	settings.Logger = zap.Must(zap.NewProduction())
	ext, err := factory.Create(context.Background(), settings, config)
	must(err)
	must(ext.Start(context.Background(), nil))
	guard := ext.(extensionauth.Server)

	handler := func(w http.ResponseWriter, r *http.Request) {
		if _, err := guard.Authenticate(r.Context(), r.Header); err != nil {
			// As the Collector's receivers do.
			http.Error(w, err.Error(), http.StatusUnauthorized)
		}
	}
	must(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), http.HandlerFunc(handler)))
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
