// Mockoidc is a library. This serves it on a port with a client that is known beforehand.
package main

import (
	"log"
	"net"
	"os"

	"github.com/oauth2-proxy/mockoidc"
)

func main() {
	server, err := mockoidc.NewServer(nil)
	if err != nil {
		log.Fatal(err)
	}
	server.ClientID, server.ClientSecret = "client", "only-for-tests"
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	if err := server.Start(listener, nil); err != nil {
		log.Fatal(err)
	}
	select {}
}
