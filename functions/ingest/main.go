// Command ingest takes banks' events: POST /v1/banks/{bank}/events.
package main

import (
	"log"
	"os"

	"kozamori/internal/app"
	"kozamori/internal/lambda"
	"kozamori/internal/version"
)

func main() {
	if version.Printed(os.Args[1:], os.Stdout) {
		return
	}
	log.Fatal(lambda.ServeHTTP(app.Ingest, (*app.System).RouteIngest))
}
