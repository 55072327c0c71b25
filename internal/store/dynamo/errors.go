package dynamo

import (
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

var (
	errBusy    = errors.New("store: DynamoDB is too busy")
	errUnknown = errors.New("store: unknown whether the write happened")
)

func failure(operation string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("store: %s: %w", operation, err)
}

// doubt remembers whether a call was repeated although its first attempt may
// have happened.
type doubt struct{ repeated bool }

// watch looks on at the SDK's decisions for one call.
func (d *doubt) watch(o *dynamodb.Options) {
	inner, ok := o.Retryer.(aws.RetryerV2)
	if !ok {
		return
	}
	o.Retryer = &onlooker{RetryerV2: inner, doubt: d}
}

type onlooker struct {
	aws.RetryerV2
	doubt *doubt
}

var throttles = retry.IsErrorThrottles(retry.DefaultThrottles)

// IsErrorRetryable is asked after each attempt that failed.
func (o *onlooker) IsErrorRetryable(err error) bool {
	again := o.RetryerV2.IsErrorRetryable(err)
	if again && !throttles.IsErrorThrottle(err).Bool() {
		o.doubt.repeated = true
	}
	return again
}
