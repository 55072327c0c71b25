package wording

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"kozamori/internal/watch"
)

// Words that say as certain, or as possible, that something came back or was removed;
// that of why it is not certain does neither.
var (
	saysMayBe   = regexp.MustCompile(`可能性|(?i)may (already )?have been|\bmay be of|\bmay have come`)
	saysCertain = regexp.MustCompile(`取り消されました|取り消しました|解除されました|解除されています|戻りました|取り消した日時|（ほかに[^）]*は取り消し）|was reversed|has already reversed|\breturned ¥|came back|was removed|already been removed|\(reversed\)|\(removed\)|and reversed:|終了|Closed|Reversed by the bank`)
)

// backs are the ways in which the bank can undo something: of each it is known
// which it was, or not.
func backs(f func(name string, link, whole, may bool, change func(*watch.Record))) {
	at := jst("2020-09-05 10:30:00")
	for _, kind := range []struct {
		name  string
		link  bool
		whole bool
	}{{"all of a debit", false, true}, {"a part of a debit", false, false}, {"a link", true, true}} {
		undo := func(r *watch.Record) {
			if r.Returned = 1000; kind.whole {
				r.Returned, r.UndoneAt = 0, at
			}
		}
		f(kind.name, kind.link, kind.whole, false, undo)
		f(kind.name+", unsure", kind.link, kind.whole, true, func(r *watch.Record) { undo(r); r.Unsure = true })
		f(kind.name+", early", kind.link, kind.whole, true, func(r *watch.Record) { undo(r); r.Early = true })
		if !kind.link {
			f(kind.name+", misnamed", kind.link, kind.whole, true, func(r *watch.Record) { undo(r); r.Misnamed = true })
			f(kind.name+", both", kind.link, kind.whole, true, func(r *watch.Record) { undo(r); r.Misnamed, r.Unsure = true, true })
		}
	}
}

// Each place that says that a debit came back, or a link was removed, says it as
// certain only if it is.
func TestEachPlaceSaysOfAReturnWhatIsKnown(t *testing.T) {
	t.Parallel()
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		for _, hide := range []bool{false, true} {
			backs(func(name string, isLink, whole, may bool, undo func(*watch.Record)) {
				record := func() *watch.Record {
					r := debit()
					if isLink {
						r = link()
					}
					r.Complete, r.Balance = true, nil
					return r
				}
				is := record()
				undo(is)
				was := record().Shows("w1")
				facts := func(change ...func(*AlertFacts)) AlertFacts {
					return alertFacts(lang, is, watch.ServiceDebit, append(change, func(f *AlertFacts) { f.Delivery.HideAmount = hide })...)
				}
				other := record()
				other.ID, other.Returned, other.UndoneAt = "other", 0, was.UndoneAt
				told := facts(func(f *AlertFacts) { f.Was = was })
				single := IncidentFacts{Parts: []AlertFacts{told}}
				also := alertFacts(lang, other, watch.ServiceDebit, func(f *AlertFacts) { f.Delivery.HideAmount = hide })
				page := func(change ...func(*PageFacts)) string {
					p := AlertPage(pageFacts(lang, append(change, func(f *PageFacts) { f.Record, f.Watcher.HideAmount = is.Clone(), hide })...), NoRefusal)
					return fmt.Sprint(p)
				}
				lead := other.Clone()
				lead.Join(is.Clone())
				view := AccountView{Lang: lang, Watcher: watch.Watcher{ID: "w1", HideAmount: hide}}
				entry := HistoryEntry{Record: is, Service: "PayPay"}
				several := HistoryEntry{Record: lead, Service: "PayPay", Parts: lead.Parts()}
				csv := func(e HistoryEntry) string {
					what, stands := CSVWords(lang, e, is)
					if is.Kind == watch.Debit && !whole {
						stands += CSVBack(lang, is) // only the amount: that any came back is said by its column
					}
					return what + stands
				}
				says := map[string]string{
					"told alone":        show(Incident(single)),
					"told when it came": show(Incident(IncidentFacts{Parts: []AlertFacts{facts()}})),
					"told with another": show(Incident(IncidentFacts{Parts: []AlertFacts{told, also}})),
					"asked about":       show(AskIncident(IncidentFacts{Parts: []AlertFacts{facts(), also}})),
					"its page":          page(),
					"a page of two":     fmt.Sprint(AlertPage(pageFacts(lang, func(f *PageFacts) { f.Record, f.Watcher.HideAmount = lead.Clone(), hide }), NoRefusal)),
					"the month's list":  fmt.Sprint(HistoryPage(HistoryFacts{View: view, Month: jst("2020-09-04 00:00:00"), Entries: []HistoryEntry{entry}}).Parts[0].Links),
					"a list's line":     fmt.Sprint(HistoryPage(HistoryFacts{View: view, Month: jst("2020-09-04 00:00:00"), Entries: []HistoryEntry{several}}).Parts[0].Links),
					"the file":          csv(entry),
				}
				if is.Kind == watch.LinkRegistered {
					l := watch.Link{Record: is.ID, RegisteredAt: is.OccurredAt, MayBeGone: may}
					if !may {
						l.RemovedAt = is.UndoneAt
					}
					line := ServiceLine{Name: "PayPay", Activity: watch.ServiceActivity{FirstAt: is.OccurredAt, LastAt: is.OccurredAt, Links: []watch.Link{l}}}
					says["the services"] = fmt.Sprint(line.facts(lang, hide, false, is.OccurredAt))
					delete(says, "a list's line") // it counts, and says nothing of links
				}
				if isLink || !may && !whole {
					delete(says, "the file") // of a part that came back for certain there is a number alone
				}
				if isLink {
					says["the file"] = csv(entry)
				}
				for place, said := range says {
					for _, why := range []text{tUnsure, tUnsureLink, tMisnamed, tEarly, tEarlyLink} {
						said = strings.ReplaceAll(said, why.in(lang), "")
					}
					if got := saysMayBe.MatchString(said); got != may {
						t.Errorf("%s, %s (%s, amounts hidden %v): it may be another: %v; said as possible %v:\n%s", place, name, lang, hide, may, got, said)
					}
					if got := saysCertain.FindString(said); may && got != "" {
						t.Errorf("%s, %s (%s, amounts hidden %v) says %q:\n%s", place, name, lang, hide, got, said)
					}
				}
			})
		}
	}
}

// Why it is not certain what came back is said with each reason that is true of one
// of those that are told, and no other.
func TestEachReasonOfAnUncertainReturnIsTrue(t *testing.T) {
	t.Parallel()
	whys := map[string]text{"unsure": tUnsure, "a link": tUnsureLink, "misnamed": tMisnamed, "early": tEarly, "an early link": tEarlyLink}
	for _, lang := range []watch.Lang{watch.Japanese, watch.English} {
		backs(func(first string, aLink, _, _ bool, undoA func(*watch.Record)) {
			backs(func(second string, bLink, _, _ bool, undoB func(*watch.Record)) {
				told := func(isLink bool, undo func(*watch.Record)) AlertFacts {
					r := debit()
					if isLink {
						r = link()
					}
					r.Complete, r.Balance = true, nil
					was := r.Shows("w1")
					undo(r)
					return alertFacts(lang, r, watch.ServiceDebit, func(f *AlertFacts) { f.Was = was })
				}
				a, b := told(aLink, undoA), told(bLink, undoB)
				for _, parts := range [][]AlertFacts{{a}, {a, b}} {
					want := map[string]bool{}
					for _, p := range parts {
						isLink := p.Record.Kind == watch.LinkRegistered
						want["misnamed"] = want["misnamed"] || p.Record.Misnamed
						want["early"] = want["early"] || p.Record.Early && !isLink
						want["an early link"] = want["an early link"] || p.Record.Early && isLink
						want["unsure"] = want["unsure"] || p.Record.Unsure && !isLink
						want["a link"] = want["a link"] || p.Record.Unsure && isLink
					}
					said := show(Incident(IncidentFacts{Parts: parts}))
					for why, words := range whys {
						if n := strings.Count(said, words.in(lang)); n != map[bool]int{true: 1}[want[why]] {
							t.Errorf("%s; %s, %d of them (%s): the reason %q is said %d times, and is true: %v", first, second, len(parts), lang, why, n, want[why])
						}
					}
				}
			})
		})
	}
}

// Words of a return stand with those for when it is not certain. Those that do not
// are here, with the reason.
func TestWordsOfAReturnKnowThatItMayBeAnother(t *testing.T) {
	t.Parallel()
	except := map[string]string{
		"tUnsureLink": "it says that", "tEarlyLink": "it says that", "tMayAgainText": "it says that", "tTitleAgainDoubt": "it says that", "tAgainDoubt": "it says that", "tUnheardAgainText": "it says that", "tBarsMay": "it says that",
		"tTitleMayBack": "it says that", "tTitleMaySome": "it says that", "tAltMaySome": "it says that", "tMayBackOf": "it says that", "tMayBackAll": "it says that", "tMayGone": "it says that", "tMayBackMore": "it says that", "tMayBackSome": "it says that", "tMayBackMoreN": "it says that", "tWhichBack": "it says that", "tWhichRemoved": "it says that", "tPartMayBack": "it says that", "tPartMayBackOf": "it says that", "tPartMayBackNow": "it says that", "tPartMayBackN": "it says that", "tHistMayBack": "it says that", "tHistMayBackN": "it says that", "tSheetMayBack": "it says that", "tNotBack": "it says that", "tNotBackPosted": "it says that",
		"tTitleNotBack": "it says that it did not", "tTitleNotMore": "it says that it did not", "tNotRemoved": "it says that it did not", "tPartNotBack": "it says that it did not",
		"tNowSureLink": "it has become certain", "tAgainText": "certain: see tMayAgainText",
		"tTitleLinkStands": "certain: see tTitleLinkMayStand", "tTitleLinkMayStand": "it says that", "tAfterReturn": "certain: see watch.Record.AfterReturn",
		"tHistGone": "certain: see tHistMayGo", "tHistGoneN": "certain: see tHistMayGoN", "tHistBack": "certain: see tHistMayBe", "tHistPart": "certain: see tHistMayBeN",
		"tHistMayGo": "it says that", "tHistMayGoN": "it says that", "tCoverUndone": "certain: see watch.Total", "tCSVBack": "see CSVBack", "tBarsNote": "see tBarsMay",
		"tHomeUnheard": "of LINE", "tUnknownText": "of Kozamori", "tLessBackAlt": "of settings",
	}
	of := regexp.MustCompile(`引き落としを?は?が?(を)?取り消|登録.*解除|戻りました|戻った金額|came back|reversed|link.*removed|was removed`)
	fset := token.NewFileSet()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR {
				continue
			}
			for _, spec := range g.Specs {
				v := spec.(*ast.ValueSpec)
				for i, value := range v.Values {
					lit, ok := value.(*ast.CompositeLit)
					if !ok || fmt.Sprint(lit.Type) != "text" {
						continue
					}
					for _, el := range lit.Elts {
						kv, ok := el.(*ast.KeyValueExpr)
						if !ok {
							continue
						}
						s, ok := kv.Value.(*ast.BasicLit)
						if !ok || !of.MatchString(s.Value) {
							continue
						}
						name := v.Names[i].Name
						if used[name] = true; except[name] == "" {
							t.Errorf("%s says of a return %s, and has no words for when it is not certain", name, s.Value)
						}
					}
				}
			}
		}
	}
	for name := range except {
		if !used[name] {
			t.Errorf("%s says nothing of a return", name)
		}
	}
}
