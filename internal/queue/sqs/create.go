package sqs

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"kozamori/internal/queue"
)

// deadSuffix ends the name of a queue's dead letters.
const deadSuffix = "-dead"

// Find asks for the addresses of the queues that are named with a prefix, as
// template.yaml and Create name them.
func Find(ctx context.Context, c Config, prefix string) (map[queue.Name]Address, error) {
	api := client(c)
	url := func(name string) (string, error) {
		out, err := api.GetQueueUrl(ctx, &sqs.GetQueueUrlInput{QueueName: aws.String(name)})
		if err != nil {
			return "", failure("GetQueueUrl of "+name, err)
		}
		return aws.ToString(out.QueueUrl), nil
	}
	found := make(map[queue.Name]Address)
	for _, n := range queue.Names {
		var a Address
		var err error
		if a.URL, err = url(prefix + string(n)); err != nil {
			return nil, err
		}
		if a.Dead, err = url(prefix + string(n) + deadSuffix); err != nil {
			return nil, err
		}
		found[n] = a
	}
	dead, err := url(prefix + string(queue.Feedback) + deadSuffix)
	if _, none := errors.AsType[*types.QueueDoesNotExist](err); none {
		return found, nil // Create makes none
	}
	found[queue.Feedback] = Address{Dead: dead}
	return found, err
}

// Create makes every queue of the house and its dead letters, named with a
// prefix. It is for tests and for a stand-in on one's own machine: on AWS,
// template.yaml makes the queues.
func Create(ctx context.Context, c Config, prefix string, visibility time.Duration, maxReceives int) (map[queue.Name]Address, error) {
	api := client(c)
	out := make(map[queue.Name]Address)
	for _, n := range queue.Names {
		name := prefix + string(n)
		dead, err := api.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: aws.String(name + deadSuffix), Attributes: map[string]string{
			string(types.QueueAttributeNameMessageRetentionPeriod): strconv.Itoa(int(queue.KeepDead.Seconds())),
		}})
		if err != nil {
			return nil, failure("CreateQueue", err)
		}
		attrs, err := api.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: dead.QueueUrl,
			AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameQueueArn}})
		if err != nil {
			return nil, failure("GetQueueAttributes", err)
		}
		arn := attrs.Attributes[string(types.QueueAttributeNameQueueArn)]
		q, err := api.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: aws.String(name), Attributes: map[string]string{
			string(types.QueueAttributeNameVisibilityTimeout): strconv.Itoa(int(visibility.Seconds())),
			string(types.QueueAttributeNameRedrivePolicy):     fmt.Sprintf(`{"deadLetterTargetArn":%q,"maxReceiveCount":%d}`, arn, maxReceives),
		}})
		if err != nil {
			return nil, failure("CreateQueue", err)
		}
		out[n] = Address{URL: aws.ToString(q.QueueUrl), Dead: aws.ToString(dead.QueueUrl)}
	}
	return out, nil
}
