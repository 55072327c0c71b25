// Command feedback hears from SES which mails came back.
package main

import (
	"os"

	"kozamori/internal/lambda"
)

func main() {
	os.Exit(lambda.ServeFeedback())
}
