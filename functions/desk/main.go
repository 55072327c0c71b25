// Command desk serves the pages on which banks' fraud desks work.
package main

import (
	"os"

	"kozamori/internal/app"
	"kozamori/internal/lambda"
)

func main() { os.Exit(lambda.ServeHTTP(app.Desk, (*app.System).RouteDesk)) }
