// Command lookback serves the page that looks through statements.
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
	log.Fatal(lambda.ServeHTTP(app.Lookback, (*app.System).RouteLookback))
}
