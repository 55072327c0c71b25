package dynamo

import (
	"errors"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"kozamori/internal/store"
)

// Attributes of an item.
const (
	attrPK, attrSK   = "PK", "SK"
	attrBody         = "body"
	attrVersion      = "v"
	attrTTL          = "ttl"
	attrWrite        = "w"
	attrHPK, attrHSK = "GSI1PK", "GSI1SK"
	attrDPK, attrDSK = "GSI2PK", "GSI2SK"
)

type attributes = map[string]types.AttributeValue

func str(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
func num(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

func primary(k store.Key) attributes { return attributes{attrPK: str(k.PK), attrSK: str(k.SK)} }

// content is all of an item but its key and version.
func content(it store.Item) attributes {
	a := attributes{attrBody: str(string(it.Body))}
	if !it.Expires.IsZero() {
		a[attrTTL] = num(it.Expires.Unix())
	}
	if it.History != (store.Key{}) {
		a[attrHPK], a[attrHSK] = str(it.History.PK), str(it.History.SK)
	}
	if it.Due != (store.Key{}) {
		a[attrDPK], a[attrDSK] = str(it.Due.PK), str(it.Due.SK)
	}
	return a
}

// errItem never says what the item holds.
var errItem = errors.New("store: an item is not one of ours")

// decode reads an item and says whether it is alive at a time.
func decode(a attributes, now int64) (store.Item, bool, error) {
	it := store.Item{
		Key:     store.Key{PK: text(a[attrPK]), SK: text(a[attrSK])},
		History: store.Key{PK: text(a[attrHPK]), SK: text(a[attrHSK])},
		Due:     store.Key{PK: text(a[attrDPK]), SK: text(a[attrDSK])},
	}
	if it.PK == "" || it.SK == "" {
		return it, false, errItem
	}
	if b, ok := a[attrBody].(*types.AttributeValueMemberS); ok {
		it.Body = []byte(b.Value)
	}
	if a[attrVersion] != nil { // not in GSI2
		v, ok := number(a[attrVersion])
		if !ok {
			return it, false, errItem
		}
		it.Version = v
	}
	if a[attrTTL] == nil {
		return it, true, nil
	}
	expires, ok := number(a[attrTTL])
	if !ok {
		return it, false, errItem
	}
	it.Expires = time.Unix(expires, 0).UTC()
	return it, expires > now, nil
}

func text(v types.AttributeValue) string {
	s, _ := v.(*types.AttributeValueMemberS)
	if s == nil {
		return ""
	}
	return s.Value
}

func number(v types.AttributeValue) (int64, bool) {
	n, ok := v.(*types.AttributeValueMemberN)
	if !ok {
		return 0, false
	}
	i, err := strconv.ParseInt(n.Value, 10, 64)
	return i, err == nil
}
