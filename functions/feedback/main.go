// Command feedback hears from SES which mails came back.
package main

import (
	"log"

	"kozamori/internal/lambda"
)

func main() {
	log.Fatal(lambda.ServeFeedback())
}
