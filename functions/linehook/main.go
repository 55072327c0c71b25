// Command linehook takes LINE's webhooks into the chat queue.
package main

import (
	"os"

	"kozamori/internal/app"
	"kozamori/internal/lambda"
)

func main() {
	os.Exit(lambda.ServeHTTP(app.LineHook, (*app.System).RouteLineHook))
}
