// Command intake takes files that banks leave in the bucket: the files queue.
package main

import (
	"os"

	"kozamori/internal/app"
	"kozamori/internal/bucket/s3"
	"kozamori/internal/lambda"
)

func main() {
	os.Exit(lambda.ServeQueue(app.Intake, app.FromBucket(s3.Open)))
}
