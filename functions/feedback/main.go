// Command feedback hears from SES which mails came back.
package main

import (
	"log"
	"os"

	"kozamori/internal/lambda"
	"kozamori/internal/version"
)

func main() {
	if version.Printed(os.Args[1:], os.Stdout) {
		return
	}
	log.Fatal(lambda.ServeFeedback())
}
