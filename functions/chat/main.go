// Command chat acts on what people do in the chat: the chat queue.
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
	log.Fatal(lambda.ServeQueue(app.Chat, (*app.System).Chat))
}
