// Command feedback hears from SES which mails bounced.
package main

import (
	"os"

	"kozamori/internal/lambda"
)

func main() {
	os.Exit(lambda.ServeFeedback())
}
