// Command bankapi serves banks' other calls: codes, links, disputes, erasure, health.
package main

import (
	"os"

	"kozamori/internal/app"
	"kozamori/internal/lambda"
)

func main() {
	os.Exit(lambda.ServeHTTP(app.BankAPI, (*app.System).RouteBankAPI))
}
