package dynamo

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"kozamori/internal/store"
)

// Query walks a partition of the table, consistently, or of an index. A page
// without items is the last one.
func (t *Table) Query(ctx context.Context, q store.Query) (store.Page, error) {
	if q.Limit < 1 || q.Limit > store.MaxLimit {
		return store.Page{}, fmt.Errorf("store: a limit of %d, from 1 to %d", q.Limit, store.MaxLimit)
	}
	after, err := openCursor(q)
	if err != nil {
		return store.Page{}, err
	}
	if q.From != "" && q.To != "" && q.From > q.To {
		return store.Page{}, nil // DynamoDB would call it an error
	}
	in := t.queryInput(q)
	var page store.Page
	for {
		// One more than wanted: whether there is a next page is then known.
		in.Limit = aws.Int32(int32(q.Limit + 1))
		in.ExclusiveStartKey = after
		res, err := t.db.Query(ctx, in)
		if err != nil {
			return store.Page{}, failure("Query", err)
		}
		if res.ConsumedCapacity != nil {
			t.count("Query", *res.ConsumedCapacity)
		}
		now := t.config.Now().Unix()
		for _, a := range res.Items {
			it, alive, err := decode(a, now)
			if err != nil {
				return store.Page{}, err
			}
			if !alive {
				continue
			}
			if len(page.Items) == q.Limit {
				page.Cursor = makeCursor(q, page.Items[q.Limit-1])
				return page, nil
			}
			page.Items = append(page.Items, it)
		}
		if after = res.LastEvaluatedKey; after == nil {
			return page, nil
		}
		if len(page.Items) > 0 {
			it, _, err := decode(after, now)
			if err != nil {
				return store.Page{}, err
			}
			page.Cursor = makeCursor(q, it)
			return page, nil
		}
	}
}

func (t *Table) queryInput(q store.Query) *dynamodb.QueryInput {
	pk, sk := keyNames(q.Index)
	values := attributes{":pk": str(q.PK)}
	expr := pk + " = :pk"
	switch {
	case q.From != "" && q.To != "":
		expr += " AND " + sk + " BETWEEN :from AND :to"
		values[":from"], values[":to"] = str(q.From), str(q.To)
	case q.From != "":
		expr += " AND " + sk + " >= :from"
		values[":from"] = str(q.From)
	case q.To != "":
		expr += " AND " + sk + " <= :to"
		values[":to"] = str(q.To)
	}
	in := &dynamodb.QueryInput{
		TableName: aws.String(t.config.Table), KeyConditionExpression: aws.String(expr), ExpressionAttributeValues: values,
		ScanIndexForward: aws.Bool(!q.Reverse), ReturnConsumedCapacity: t.report,
	}
	if q.Index == store.Primary {
		in.ConsistentRead = aws.Bool(true)
	} else {
		in.IndexName = aws.String(indexNames[q.Index])
	}
	return in
}

func keyNames(ix store.Index) (pk, sk string) {
	switch ix {
	case store.History:
		return attrHPK, attrHSK
	case store.Due:
		return attrDPK, attrDSK
	}
	return attrPK, attrSK
}

// A cursor is where its page ended, with a mark of its query before it. It
// travels through people's and banks' addresses, so it does not hold the
// partition, which may name an account: the query says that again.

func mark(q store.Query) string {
	h := sha256.Sum256(fmt.Appendf(nil, "%d\x00%s\x00%v\x00%s\x00%s", q.Index, q.PK, q.Reverse, q.From, q.To))
	return string(h[:6])
}

func makeCursor(q store.Query, last store.Item) string {
	where := last.SK
	switch q.Index {
	case store.History:
		where = last.History.SK + "\x00" + last.PK + "\x00" + last.SK
	case store.Due:
		where = last.Due.SK + "\x00" + last.PK + "\x00" + last.SK
	}
	return base64.RawURLEncoding.EncodeToString([]byte(mark(q) + where))
}

// openCursor makes a start key of a cursor; nil if there is none.
func openCursor(q store.Query) (attributes, error) {
	if q.Cursor == "" {
		return nil, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(q.Cursor)
	where, ok := strings.CutPrefix(string(b), mark(q))
	if err != nil || !ok {
		return nil, store.ErrCursor
	}
	part := strings.Split(where, "\x00")
	want := 3
	if q.Index == store.Primary {
		want = 1
	}
	if len(part) != want || part[0] == "" || part[0] < q.From || q.To != "" && part[0] > q.To {
		return nil, store.ErrCursor
	}
	pk, sk := keyNames(q.Index)
	start := attributes{pk: str(q.PK), sk: str(part[0])}
	if q.Index != store.Primary {
		if part[1] == "" || part[2] == "" {
			return nil, store.ErrCursor
		}
		start[attrPK], start[attrSK] = str(part[1]), str(part[2])
	}
	return start, nil
}
