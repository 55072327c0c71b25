// Command web serves the pages that links in messages open.
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
	log.Fatal(lambda.ServeHTTP(app.Web, (*app.System).RouteWeb))
}
