// Command detect makes alerts of the events queue.
package main

import (
	"log"
	"os"

	"kozamori/internal/app"
	"kozamori/internal/lambda"
	"kozamori/internal/queue"
	"kozamori/internal/version"
)

func main() {
	if version.Printed(os.Args[1:], os.Stdout) {
		return
	}
	log.Fatal(lambda.ServeQueue(app.Detect, func(s *app.System) (queue.Handler, error) { return s.Detect(), nil }))
}
