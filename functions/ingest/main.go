// Command ingest takes banks' events: POST /v1/banks/{bank}/events.
package main

import (
	"os"

	"kozamori/internal/app"
	"kozamori/internal/lambda"
)

func main() {
	os.Exit(lambda.ServeHTTP(app.Ingest, (*app.System).RouteIngest))
}
