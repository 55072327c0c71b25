// Command detect makes alerts of the events queue.
package main

import (
	"os"

	"kozamori/internal/app"
	"kozamori/internal/lambda"
	"kozamori/internal/queue"
)

func main() {
	os.Exit(lambda.ServeQueue(app.Detect, func(s *app.System) (queue.Handler, error) { return s.Detect(), nil }))
}
