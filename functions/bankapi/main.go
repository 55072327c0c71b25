// Command bankapi serves banks' other calls: codes, links, disputes, erasure, health.
package main

import (
	"log"
	"os"

	"kozamori/internal/app"
	"kozamori/internal/lambda"
	"kozamori/internal/version"
)

func main() {
	if version.Printed(os.Args[1:], os.Stdout) {
		return
	}
	log.Fatal(lambda.ServeHTTP(app.BankAPI, (*app.System).RouteBankAPI))
}
