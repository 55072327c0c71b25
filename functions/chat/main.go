// Command chat acts on what people do in the chat: the chat queue.
package main

import (
	"log"

	"kozamori/internal/app"
	"kozamori/internal/lambda"
)

func main() {
	log.Fatal(lambda.ServeQueue(app.Chat, (*app.System).Chat))
}
