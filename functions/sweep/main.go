// Command sweep finds what is due, each minute.
package main

import (
	"os"

	"kozamori/internal/lambda"
)

func main() {
	os.Exit(lambda.ServeSweep())
}
