package dynamo

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"kozamori/internal/store"
)

// Names of the indexes.
var indexNames = map[store.Index]string{store.History: "GSI1", store.Due: "GSI2"}

// schema is the table as template.yaml makes it on AWS.
func schema(table string) *dynamodb.CreateTableInput {
	var attrs []types.AttributeDefinition
	for _, n := range []string{attrPK, attrSK, attrHPK, attrHSK, attrDPK, attrDSK} {
		attrs = append(attrs, types.AttributeDefinition{AttributeName: aws.String(n), AttributeType: types.ScalarAttributeTypeS})
	}
	keys := func(pk, sk string) []types.KeySchemaElement {
		return []types.KeySchemaElement{{AttributeName: aws.String(pk), KeyType: types.KeyTypeHash}, {AttributeName: aws.String(sk), KeyType: types.KeyTypeRange}}
	}
	return &dynamodb.CreateTableInput{
		TableName: aws.String(table), BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: attrs, KeySchema: keys(attrPK, attrSK),
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{
			{IndexName: aws.String(indexNames[store.History]), KeySchema: keys(attrHPK, attrHSK),
				Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll}},
			// With ttl, so that what has expired can be left out without reading it.
			{IndexName: aws.String(indexNames[store.Due]), KeySchema: keys(attrDPK, attrDSK),
				Projection: &types.Projection{ProjectionType: types.ProjectionTypeInclude, NonKeyAttributes: []string{attrTTL}}},
		},
	}
}

// Find asks for the name that CloudFormation gave to the table of a stack.
func Find(ctx context.Context, c Config, stack string) (string, error) {
	var found []string
	pages := dynamodb.NewListTablesPaginator(client(c), &dynamodb.ListTablesInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return "", fmt.Errorf("store: the tables cannot be listed: %w", err)
		}
		for _, name := range page.TableNames {
			if strings.HasPrefix(name, stack+"-Table-") {
				found = append(found, name)
			}
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return "", fmt.Errorf("no table is called %s-Table-…: is there a stack of this name?", stack)
	}
	return "", fmt.Errorf("the stack may have any of %s: say which table is in use", strings.Join(found, ", "))
}

// Create makes the table and waits until it can be used; a table that is
// there already stays. It is for tests and for a stand-in on one's own
// machine: on AWS, template.yaml makes the table.
func Create(ctx context.Context, c Config) error {
	db := client(c)
	_, err := db.CreateTable(ctx, schema(c.Table))
	var exists *types.ResourceInUseException
	if err != nil && !errors.As(err, &exists) {
		return fmt.Errorf("store: the table cannot be made: %w", err)
	}
	w := dynamodb.NewTableExistsWaiter(db, func(o *dynamodb.TableExistsWaiterOptions) {
		o.MinDelay, o.MaxDelay = 100*time.Millisecond, time.Second
	})
	if err := w.Wait(ctx, &dynamodb.DescribeTableInput{TableName: aws.String(c.Table)}, time.Minute); err != nil {
		return fmt.Errorf("store: the table does not become active: %w", err)
	}
	return nil
}
