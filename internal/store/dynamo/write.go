package dynamo

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"maps"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"kozamori/internal/store"
)

// Write does all writes or none.
//
// A call whose answer was lost is repeated by the SDK. A transaction carries a
// token, by which DynamoDB knows the repetition. A single write has none: the
// repetition of a write that did happen fails its own condition. Such a write
// therefore leaves a random mark in its item, and finds it there.
func (t *Table) Write(ctx context.Context, writes ...store.Write) error {
	if err := store.CheckWrites(writes); err != nil {
		return err
	}
	do := t.transact
	switch {
	case len(writes) == 0:
		return nil
	case len(writes) > 1:
	case writes[0].Check:
		do = t.check
	case writes[0].Delete:
		do = t.delete
	case writes[0].If == store.Any:
		do = t.update
	default:
		do = t.put
	}
	for try := 0; ; try++ {
		err := do(ctx, writes)
		v := sort(err)
		switch {
		case v.done:
			return nil
		case v.failed != nil:
			return &store.ConditionError{Failed: v.failed}
		case v.again == nil:
			return err
		case try+1 == tries:
			return v.again
		}
		if err := wait(ctx, try); err != nil {
			return err
		}
	}
}

// check is a condition on one item alone: a consistent read is as good as a
// transaction, at a quarter of the price.
func (t *Table) check(ctx context.Context, ws []store.Write) error {
	w := ws[0]
	items, err := t.Get(ctx, w.Item.Key)
	if err != nil {
		return err
	}
	if w.If != store.Any && int64(w.If) != items[w.Item.Key].Version {
		return &types.ConditionalCheckFailedException{}
	}
	return nil
}

func (t *Table) put(ctx context.Context, ws []store.Write) error {
	w := ws[0]
	item := t.whole(w)
	mark := make([]byte, 4) // it tells one write from the next of the same item
	_, _ = rand.Read(mark)
	item[attrWrite] = &types.AttributeValueMemberB{Value: mark}
	c := t.condition(w)
	d := &doubt{}
	res, err := t.db.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: aws.String(t.config.Table), Item: item,
		ConditionExpression: c.expr, ExpressionAttributeNames: c.names, ExpressionAttributeValues: c.values,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
		ReturnConsumedCapacity:              t.report,
	}, d.watch)
	if err == nil {
		t.countOne("PutItem", res.ConsumedCapacity)
	}
	var failed *types.ConditionalCheckFailedException
	if errors.As(err, &failed) && d.repeated {
		if m, ok := failed.Item[attrWrite].(*types.AttributeValueMemberB); ok && bytes.Equal(m.Value, mark) {
			return nil
		}
		return errUnknown
	}
	return failure("PutItem", err)
}

func (t *Table) delete(ctx context.Context, ws []store.Write) error {
	w := ws[0]
	c := t.condition(w)
	d := &doubt{}
	res, err := t.db.DeleteItem(ctx, &dynamodb.DeleteItemInput{
		TableName: aws.String(t.config.Table), Key: primary(w.Item.Key),
		ConditionExpression: c.expr, ExpressionAttributeNames: c.names, ExpressionAttributeValues: c.values,
		ReturnConsumedCapacity: t.report,
	}, d.watch)
	if err == nil {
		t.countOne("DeleteItem", res.ConsumedCapacity)
	}
	var failed *types.ConditionalCheckFailedException
	if errors.As(err, &failed) && d.repeated {
		return errUnknown
	}
	return failure("DeleteItem", err)
}

// update is a write without condition: it counts the version up from whatever
// is there.
func (t *Table) update(ctx context.Context, ws []store.Write) error {
	u := t.anyway(ws[0])
	res, err := t.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: u.TableName, Key: u.Key, UpdateExpression: u.UpdateExpression,
		ExpressionAttributeNames: u.ExpressionAttributeNames, ExpressionAttributeValues: u.ExpressionAttributeValues,
		ReturnConsumedCapacity: t.report,
	})
	if err == nil {
		t.countOne("UpdateItem", res.ConsumedCapacity)
	}
	return failure("UpdateItem", err)
}

// transact makes one transaction. Each call has a token of its own (the SDK
// makes it), which its repetitions by the SDK share.
func (t *Table) transact(ctx context.Context, ws []store.Write) error {
	in := &dynamodb.TransactWriteItemsInput{ReturnConsumedCapacity: t.report}
	table := aws.String(t.config.Table)
	for _, w := range ws {
		c := t.condition(w)
		var it types.TransactWriteItem
		switch {
		case w.Check:
			if c.expr == nil { // keeps its place, so that reasons count like writes
				c.expr = aws.String("attribute_exists(PK) OR attribute_not_exists(PK)")
			}
			it.ConditionCheck = &types.ConditionCheck{TableName: table, Key: primary(w.Item.Key),
				ConditionExpression: c.expr, ExpressionAttributeNames: c.names, ExpressionAttributeValues: c.values}
		case w.Delete:
			it.Delete = &types.Delete{TableName: table, Key: primary(w.Item.Key),
				ConditionExpression: c.expr, ExpressionAttributeNames: c.names, ExpressionAttributeValues: c.values}
		case w.If == store.Any:
			it.Update = t.anyway(w)
		default:
			it.Put = &types.Put{TableName: table, Item: t.whole(w),
				ConditionExpression: c.expr, ExpressionAttributeNames: c.names, ExpressionAttributeValues: c.values}
		}
		in.TransactItems = append(in.TransactItems, it)
	}
	res, err := t.db.TransactWriteItems(ctx, in)
	if err == nil {
		t.count("TransactWriteItems", res.ConsumedCapacity...)
	}
	return failure("TransactWriteItems", err)
}

// whole is the item as a put leaves it: its version is one more than the one
// that the condition wants.
func (t *Table) whole(w store.Write) attributes {
	a := content(w.Item)
	maps.Copy(a, primary(w.Item.Key))
	a[attrVersion] = num(int64(w.If) + 1)
	return a
}

// anyway is a put without condition, which must count the version up.
func (t *Table) anyway(w store.Write) *types.Update {
	set := content(w.Item)
	names := map[string]string{}
	values := attributes{":zero": num(0), ":one": num(1)}
	var sets, removes []string
	for i, n := range []string{attrBody, attrTTL, attrHPK, attrHSK, attrDPK, attrDSK, attrWrite} {
		alias := "#" + string(rune('a'+i))
		names[alias] = n
		if v, ok := set[n]; ok {
			value := ":" + string(rune('a'+i))
			values[value] = v
			sets = append(sets, alias+" = "+value)
		} else {
			removes = append(removes, alias)
		}
	}
	names["#v"] = attrVersion
	sets = append(sets, "#v = if_not_exists(#v, :zero) + :one")
	return &types.Update{TableName: aws.String(t.config.Table), Key: primary(w.Item.Key),
		UpdateExpression:         aws.String("SET " + strings.Join(sets, ", ") + " REMOVE " + strings.Join(removes, ", ")),
		ExpressionAttributeNames: names, ExpressionAttributeValues: values}
}

type condition struct {
	expr   *string
	names  map[string]string
	values attributes
}

// condition compares the time itself: DynamoDB deletes what has expired days
// later.
func (t *Table) condition(w store.Write) condition {
	if w.If == store.Any {
		return condition{}
	}
	c := condition{names: map[string]string{"#ttl": attrTTL}, values: attributes{":now": num(t.config.Now().Unix())}}
	if w.If == store.Absent {
		c.expr = aws.String("attribute_not_exists(PK) OR #ttl <= :now")
		return c
	}
	c.names["#v"] = attrVersion
	c.values[":v"] = num(int64(w.If))
	c.expr = aws.String("#v = :v AND (attribute_not_exists(#ttl) OR #ttl > :now)")
	return c
}

func (t *Table) countOne(operation string, used *types.ConsumedCapacity) {
	if used != nil {
		t.count(operation, *used)
	}
}

// verdict is what an error of a write means.
type verdict struct {
	done   bool
	failed []int // conditions that did not hold
	again  error // nothing was written, and it may be tried again; what to say in the end
}

func sort(err error) verdict {
	if err == nil {
		return verdict{done: true}
	}
	var one *types.ConditionalCheckFailedException
	if errors.As(err, &one) {
		return verdict{failed: []int{0}}
	}
	var conflict *types.TransactionConflictException
	if errors.As(err, &conflict) {
		return verdict{again: store.ErrConflict}
	}
	var cancelled *types.TransactionCanceledException
	if !errors.As(err, &cancelled) {
		return verdict{}
	}
	var v verdict
	for i, r := range cancelled.CancellationReasons {
		switch aws.ToString(r.Code) {
		case "ConditionalCheckFailed":
			v.failed = append(v.failed, i)
		case "TransactionConflict":
			v.again = store.ErrConflict
		case "ThrottlingError", "ProvisionedThroughputExceeded":
			v.again = errBusy
		case "", "None":
		default:
			return verdict{}
		}
	}
	return v
}
