// Command linehook takes LINE's webhooks into the chat queue.
package main

import (
	"log"

	"kozamori/internal/app"
	"kozamori/internal/lambda"
)

func main() {
	log.Fatal(lambda.ServeHTTP(app.LineHook, (*app.System).RouteLineHook))
}
