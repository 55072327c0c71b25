// Command web serves the pages that links in messages open.
package main

import (
	"log"

	"kozamori/internal/app"
	"kozamori/internal/lambda"
)

func main() {
	log.Fatal(lambda.ServeHTTP(app.Web, (*app.System).RouteWeb))
}
