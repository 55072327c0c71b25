// Command linehook takes LINE's webhooks into the chat queue.
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
	log.Fatal(lambda.ServeHTTP(app.LineHook, (*app.System).RouteLineHook))
}
