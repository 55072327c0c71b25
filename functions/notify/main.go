// Command notify sends the deliveries of the line, email and bank queues.
package main

import (
	"os"

	"kozamori/internal/app"
	"kozamori/internal/email/ses"
	"kozamori/internal/lambda"
)

func main() {
	os.Exit(lambda.ServeQueue(app.Notify, app.Mailing(ses.Open)))
}
