// Command ingest takes banks' events: POST /v1/banks/{bank}/events.
package main

import (
	"log"

	"kozamori/internal/app"
	"kozamori/internal/lambda"
)

func main() {
	log.Fatal(lambda.ServeHTTP(app.Ingest, (*app.System).RouteIngest))
}
