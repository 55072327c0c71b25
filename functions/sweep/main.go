// Command sweep finds what is due, each minute.
package main

import (
	"log"

	"kozamori/internal/lambda"
)

func main() {
	log.Fatal(lambda.ServeSweep())
}
