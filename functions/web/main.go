// Command web serves the pages that links in messages open.
package main

import (
	"os"

	"kozamori/internal/app"
	"kozamori/internal/lambda"
)

func main() {
	os.Exit(lambda.ServeHTTP(app.Web, (*app.System).RouteWeb))
}
