// Command sweep finds what is due, each minute.
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
	log.Fatal(lambda.ServeSweep())
}
