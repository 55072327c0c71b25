package watch

import "testing"

// Where so much is said of one id that it is not tried of which debit each return is,
// what came back is told as doubtful, of each debit that some came back of and of no
// other.
func TestWhereItIsNotTriedOnlyWhatCameBackIsDoubtful(t *testing.T) {
	t.Parallel()
	const debits, returns = 60, 40
	records := recordsOfOneID(debits, returns, func(int) int64 { return 1_000_000 })
	if _, known := whose(records); known {
		t.Fatal("it is known of which each is")
	}
	markUnsure(records)
	for i, r := range records {
		if back := i < returns; r.Unsure != back || !r.MayBeIt || r.MayBeAgain {
			t.Errorf("debit %d, of which some came back %v: unsure %v, may be what came back %v, again %v", i, back, r.Unsure, r.MayBeIt, r.MayBeAgain)
		}
	}
	records[debits-1].Complete = false // it is of a return alone
	markUnsure(records)
	if r := records[debits-1]; r.Unsure || r.MayBeIt {
		t.Errorf("of what is no debit it is doubtful: %+v", r)
	}
}
