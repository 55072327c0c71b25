// Command lookback serves the page that looks through statements.
package main

import (
	"os"

	"kozamori/internal/app"
	"kozamori/internal/lambda"
)

func main() {
	os.Exit(lambda.ServeHTTP(app.Lookback, (*app.System).RouteLookback))
}
