// Command bankapi serves banks' other calls: codes, links, disputes, erasure, health.
package main

import (
	"log"

	"kozamori/internal/app"
	"kozamori/internal/lambda"
)

func main() {
	log.Fatal(lambda.ServeHTTP(app.BankAPI, (*app.System).RouteBankAPI))
}
