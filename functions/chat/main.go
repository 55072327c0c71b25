// Command chat acts on what people do in the chat: the chat queue.
package main

import (
	"os"

	"kozamori/internal/app"
	"kozamori/internal/lambda"
)

func main() {
	os.Exit(lambda.ServeQueue(app.Chat, (*app.System).Chat))
}
