package catalog_test

import (
	"fmt"

	"kozamori/internal/catalog"
)

// A bank prints what it likes, in half or full width, with its own prefixes.
func ExampleClassify() {
	for _, line := range []string{"RKデイ―バライ", "ﾍﾟｲﾍﾟｲ", "PAYPAYｶ-ﾄﾞ", "ｶﾞｽﾀﾞｲ"} {
		m := catalog.Classify("0168", line)
		fmt.Printf("%s: service %q, confidence %q, trap %q\n", line, m.Service, m.Confidence, m.Trap)
	}
	// Output:
	// RKデイ―バライ: service "docomo", confidence "seen", trap ""
	// ﾍﾟｲﾍﾟｲ: service "paypay", confidence "elsewhere", trap ""
	// PAYPAYｶ-ﾄﾞ: service "", confidence "", trap "カード"
	// ｶﾞｽﾀﾞｲ: service "", confidence "", trap ""
}
