package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func TestTriggerPostsASampleOfNowWithWhatIsSet(t *testing.T) {
	t.Parallel()
	q, url := newTaking(t)
	env := []string{"KOZAMORI_BANK_SECRET", bankSecret}
	code, out, errs := ctl(t, env, "trigger", "-url", url, "link-then-debit", "overdrawn", "-set", "account_ref=acc_x", "-set", "descriptor=LINE PAY", "-set", "service=null")
	if code != 0 || !strings.Contains(out, "0125-link-then-debit.json  0125  2") {
		t.Fatalf("exit %d: %s%s", code, out, errs)
	}
	if len(q.events) != 3 {
		t.Fatalf("%d events", len(q.events))
	}
	for _, e := range q.events {
		if e.AccountRef != "acc_x" || e.Descriptor != "LINE PAY" || e.Service != "" || time.Since(e.OccurredAt) > 2*time.Hour {
			t.Errorf("it posted %+v", e)
		}
	}
}

func TestTriggerSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"no such kind":     {[]string{"trigger", "theft"}, 2, `There is no kind "theft"`},
		"a bank":           {[]string{"trigger", "reversal", "-bank", "0168"}, 2, "flag provided but not defined: -bank"},
		"a set without =":  {[]string{"trigger", "reversal", "-set", "amount"}, 2, "NAME=VALUE"},
		"without any kind": {[]string{"trigger"}, 0, "link-then-debit"},
	} {
		if code, out, errs := ctl(t, nil, c.args...); code != c.code || !strings.Contains(out+errs, c.says) {
			t.Errorf("%s: exit %d\n%s%s", name, code, out, errs)
		}
	}
}

func TestListenSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"an address that is none": {[]string{"listen", "-to", "3000"}, 2, "-to must be an address"},
		"a bank that is none":     {[]string{"listen", "-bank", "77"}, 2, "4 digits"},
		"an argument":             {[]string{"listen", "3000"}, 2, "say with -to"},
		"nothing runs":            {[]string{"listen", "-data", t.TempDir()}, 1, "No local stack is running"},
		"no secrets":              {[]string{"bank", "secret", "0125", "-data", t.TempDir()}, 1, "secrets cannot be read"},
	} {
		if code, out, errs := ctl(t, nil, c.args...); code != c.code || !strings.Contains(out+errs, c.says) {
			t.Errorf("%s: exit %d\n%s%s", name, code, out, errs)
		}
	}
}

func TestASetMemberIsJSONOrAString(t *testing.T) {
	t.Parallel()
	s := setting{}
	for _, arg := range []string{"amount=1", "descriptor=PAYPAY 1", `status="posted"`, "service=null"} {
		if err := s.Set(arg); err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.on(json.RawMessage(`{"amount":5,"service":"paypay","id":"e"}`))
	if want := `{"amount":1,"descriptor":"PAYPAY 1","id":"e","status":"posted"}`; err != nil || string(got) != want {
		t.Errorf("%s %v, want %s", got, err, want)
	}
	if _, err := s.on(json.RawMessage(`[1]`)); err == nil {
		t.Error("a list was taken for an event")
	}
}
