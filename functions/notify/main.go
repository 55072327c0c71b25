// Command notify sends the deliveries of the line, email and bank queues.
package main

import (
	"log"

	"kozamori/internal/app"
	"kozamori/internal/lambda"
)

func main() {
	log.Fatal(lambda.ServeQueue(app.Notify, (*app.System).Notify))
}
