package app_test

import (
	"strings"
	"testing"
)

// A statement that somebody sends into the chat is looked through by the whole house:
// LINE has the file, the chat fetches it, what reads files reads it, and the answer costs
// no push. Nothing of it reaches the bank or the account's history.
func TestAStatementThatIsSentIntoTheChatIsAnswered(t *testing.T) {
	t.Parallel()
	h := newTown(t)
	p := h.alone("acc_1")
	heard := func() int { h.bank.mu.Lock(); defer h.bank.mu.Unlock(); return len(h.bank.taken) }
	n, told := p.count(), heard()
	if err := h.line.SendFile(p.id, "meisai.csv", []byte("取引日,摘要,出金金額,入金金額,残高\n2020/8/20,ﾄﾞｺﾓｺｳｻﾞ,28000,,34000\n2020/8/21,ﾋﾐﾂﾉ ﾃﾞﾝｷ,8000,,26000\n2020/8/22,ﾄﾞｺﾓｺｳｻﾞ,2000,,24000\n")); err != nil {
		t.Fatal(err)
	}
	h.settle()
	p.reads("2020年8月20日から2020年8月22日まで、3行を調べました", "2件、合計30,000円", "保存していません", h.url+"/s/")
	items := h.line.Chat(p.id)
	if last := items[len(items)-1]; last.Kind != "reply" || strings.Contains(string(last.Message), "ﾋﾐﾂﾉ") || p.count() != n+1 {
		t.Errorf("%d answers, the last by %s: %s", p.count()-n, last.Kind, last.Message)
	}
	if heard() != told {
		t.Error("the bank hears of it")
	}
	p.says("つながっているサービス")
	if strings.Contains(p.reads(), "ドコモ口座") {
		t.Error("it is history of the account before anybody asked for that")
	}
}
