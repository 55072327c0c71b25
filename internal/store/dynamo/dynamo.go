// Package dynamo keeps the store's table in DynamoDB. AWS's types stop here.
// It never scans (but for Walk, which only the operator's tool has), never reads
// inside a transaction, and never leans on DynamoDB's deletion of expired items:
// what has expired is absent from that second on, to reads and to conditions alike.
//
// One table, on demand, holds everything. What reads which item:
//
//	what is asked                           how                                   units
//	accounts and activity of a batch        BatchGetItem A#bank#ref/PROFILE,      1 RCU per 4 KB item
//	                                        /ACTIVITY, consistent, 100 a call
//	whether ordinary debits of a batch      BatchGetItem R#id/R, not consistent,  0.5 RCU
//	are stages of what is on record         100 a call
//	what an account's debit may be a        BatchGetItem A#bank#ref/BILLS         1 RCU per 4 KB
//	bill of
//	a new relevant event                    TransactWriteItems: Put R#id if       2 WRU per KB and item, and
//	                                        absent, Put ACTIVITY at its version   1 WRU per index entry
//	records, then accounts, of a batch      BatchGetItem R#id/R,                  1 RCU per 4 KB item
//	of deliveries                           A#bank#ref/PROFILE
//	a record by id                          BatchGetItem R#id/R                   1 RCU
//	a delivery's outcome, an answer         PutItem R#id at its version           1 WRU per KB and index entry
//	an account's records, newest first      Query GSI1 A#bank#ref                 0.5 RCU per 4 KB
//	what is due                             Query GSI2 DUE#lane#n and DUE#0…7     0.5 RCU per partition,
//	                                        up to now, keys                       of which there are 200
//	a person and their accounts             Query U#lineUser                      1 RCU
//	who watches accounts of a bank          Query GSI1 WATCH#bank#0…15, by        0.5 RCU per 4 KB, about 15
//	                                        person, then their accounts           people
//	code, nonce, seen webhook event         BatchGetItem C#…, N#…, W#…            1 RCU
//	banks, keys, feeds                      BatchGetItem BANKS/code, B#bank/…     1 RCU, cached by callers
//	a bank's disputes, newest first         Query GSI1 B#bank                     0.5 RCU per 4 KB
//	a bank's quarantine, newest first       Query GSI1 Q#bank                     0.5 RCU per 4 KB
//
// An item is PK, SK, body (JSON, as a string, so that it can be read in the
// console), v (its version), and where they apply ttl (epoch seconds), GSI1PK,
// GSI1SK, GSI2PK, GSI2SK and w (which write it was, see Write). Both indexes
// are sparse. GSI1 holds whole items; GSI2 holds keys and ttl.
package dynamo

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"kozamori/internal/store"
)

const (
	batch    = 100 // keys that BatchGetItem takes
	parallel = 8   // batches of one Get at a time
	tries    = 8   // of a call that DynamoDB turned away whole or in part
	pause    = 20 * time.Millisecond
	maxPause = time.Second
	// perCall is how long one attempt may take. DynamoDB answers within
	// milliseconds; an attempt that waits longer waits for a dead connection.
	perCall = 3 * time.Second
)

// Config of a table.
type Config struct {
	AWS      aws.Config
	Endpoint string           // replaces DynamoDB's own address; empty keeps it
	Table    string           // the table's name
	Now      func() time.Time // the clock that expiry is compared with; nil is the real one
	HTTP     *http.Client     // nil takes one of its own
	// Consumed, if not nil, hears the capacity units of each call that was
	// answered. It is called concurrently.
	Consumed func(operation string, units float64)
}

// Table is a store.Table in DynamoDB.
type Table struct {
	config Config
	db     calls
	report types.ReturnConsumedCapacity
}

// calls are those that a Table makes. They are not the client itself: in a
// program that has templates the linker keeps every method of every type that
// an interface leads to, and the client has hundreds (6 MB).
type calls struct {
	BatchGetItem       func(context.Context, *dynamodb.BatchGetItemInput, ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error)
	Query              func(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error)
	PutItem            func(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error)
	DeleteItem         func(context.Context, *dynamodb.DeleteItemInput, ...func(*dynamodb.Options)) (*dynamodb.DeleteItemOutput, error)
	UpdateItem         func(context.Context, *dynamodb.UpdateItemInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error)
	TransactWriteItems func(context.Context, *dynamodb.TransactWriteItemsInput, ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error)
}

var _ store.Glancer = (*Table)(nil)

// New makes a Table. It makes no call.
func New(c Config) *Table {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.HTTP == nil {
		c.HTTP = &http.Client{Timeout: perCall, Transport: http.DefaultTransport.(*http.Transport).Clone()}
		c.HTTP.Transport.(*http.Transport).MaxIdleConnsPerHost = 32
	}
	t := &Table{config: c, report: types.ReturnConsumedCapacityNone}
	if c.Consumed != nil {
		t.report = types.ReturnConsumedCapacityTotal
	}
	db := client(c)
	t.db = calls{db.BatchGetItem, db.Query, db.PutItem, db.DeleteItem, db.UpdateItem, db.TransactWriteItems}
	return t
}

func client(c Config) *dynamodb.Client {
	return dynamodb.NewFromConfig(c.AWS, func(o *dynamodb.Options) {
		if c.Endpoint != "" {
			o.BaseEndpoint = aws.String(c.Endpoint)
		}
		if c.HTTP != nil {
			o.HTTPClient = c.HTTP
		}
		o.Retryer = retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxAttempts = 5
			// The SDK's own first pause is half a second on average.
			o.Backoff = retry.BackoffDelayerFunc(func(attempt int, _ error) (time.Duration, error) { return jitter(attempt), nil })
		})
	})
}

// Get reads items, consistently, a hundred at a time.
func (t *Table) Get(ctx context.Context, keys ...store.Key) (map[store.Key]store.Item, error) {
	return t.get(ctx, true, keys)
}

// Glance reads items as they were a moment ago, at half the units of Get.
func (t *Table) Glance(ctx context.Context, keys ...store.Key) (map[store.Key]store.Item, error) {
	return t.get(ctx, false, keys)
}

func (t *Table) get(ctx context.Context, consistent bool, keys []store.Key) (map[store.Key]store.Item, error) {
	chunks := make([][]map[string]types.AttributeValue, 0, 1+len(keys)/batch)
	seen := make(map[store.Key]bool, len(keys)) // DynamoDB refuses a key that is there twice
	for _, k := range keys {
		if seen[k] {
			continue
		}
		if len(seen)%batch == 0 {
			chunks = append(chunks, make([]map[string]types.AttributeValue, 0, min(batch, len(keys)-len(seen))))
		}
		seen[k] = true
		last := &chunks[len(chunks)-1]
		*last = append(*last, primary(k))
	}
	out := make(map[store.Key]store.Item, len(seen))
	var mu sync.Mutex
	take := func(found []map[string]types.AttributeValue) error {
		mu.Lock()
		defer mu.Unlock()
		now := t.config.Now().Unix()
		for _, a := range found {
			it, alive, err := decode(a, now)
			if err != nil {
				return err
			}
			if alive {
				out[it.Key] = it
			}
		}
		return nil
	}
	errs := make([]error, len(chunks))
	slots := make(chan struct{}, parallel)
	var wg sync.WaitGroup
	for i, c := range chunks {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			errs[i] = t.batch(ctx, consistent, c, take)
		})
	}
	wg.Wait()
	return out, errors.Join(errs...)
}

// batch reads up to a hundred keys, asking again for those that DynamoDB left
// out: it answers at most 16 MB, and less when it is busy.
func (t *Table) batch(ctx context.Context, consistent bool, keys []map[string]types.AttributeValue, take func([]map[string]types.AttributeValue) error) error {
	for try := 0; len(keys) > 0; {
		res, err := t.db.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{
			RequestItems:           map[string]types.KeysAndAttributes{t.config.Table: {Keys: keys, ConsistentRead: aws.Bool(consistent)}},
			ReturnConsumedCapacity: t.report,
		})
		if err != nil {
			return failure("BatchGetItem", err)
		}
		t.count("BatchGetItem", res.ConsumedCapacity...)
		if err := take(res.Responses[t.config.Table]); err != nil {
			return err
		}
		left := res.UnprocessedKeys[t.config.Table].Keys
		if len(left) == 0 {
			return nil
		}
		if len(left) < len(keys) {
			try = 0
		} else if try++; try == tries {
			return errBusy
		}
		keys = left
		if err := wait(ctx, try); err != nil {
			return err
		}
	}
	return nil
}

func (t *Table) count(operation string, used ...types.ConsumedCapacity) {
	if t.config.Consumed == nil {
		return
	}
	units := 0.0
	for _, u := range used {
		units += aws.ToFloat64(u.CapacityUnits)
	}
	t.config.Consumed(operation, units)
}

// jitter is a random time whose bound doubles with each try, from 0.
func jitter(try int) time.Duration {
	return time.Duration(rand.Int64N(int64(min(pause<<min(try, 10), maxPause))))
}

func wait(ctx context.Context, try int) error {
	timer := time.NewTimer(jitter(try))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
