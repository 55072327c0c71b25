package store_test

import (
	"context"
	"errors"
	"slices"
	"time"

	"kozamori/internal/feed"
	"kozamori/internal/radar"
	"kozamori/internal/store"
	"kozamori/internal/testkit/codectest"
	"kozamori/internal/watch"
)

// one of each kind of item: how it is put, and all ways by which it is found
// again, each with how what was found is written; not at all if that is zero.
type one struct {
	kind string
	put  func(*store.Store) store.Write
	find map[string]func(context.Context, *store.Store) (v any, again store.Write, err error)
}

func full[T any](set func(*T)) *T {
	v := new(T)
	codectest.Full(v)
	set(v)
	return v
}

type (
	find    = func(context.Context, *store.Store) (any, store.Write, error)
	findAll = map[string]find
)

// found makes a find of a read and a put.
func found[T any](read func(context.Context, *store.Store) (*T, error), put func(*T) store.Write) find {
	return func(ctx context.Context, s *store.Store) (any, store.Write, error) {
		v, err := read(ctx, s)
		if err != nil {
			return nil, store.Write{}, err
		}
		return v, put(v), nil
	}
}

// putRefused is the item itself, without the keys that lead to it.
func putRefused(r *store.Refused) store.Write { return store.PutRefused(r)[0] }

// putAPIKey is the item at the place that decides.
func putAPIKey(k *store.APIKey) store.Write { return store.PutAPIKey(k)[0] }

// putCallback is the log itself, without what was posted.
func putCallback(c *store.Callback) store.Write { return store.PutCallback(c, nil)[0] }

// untouched is for what is never written again.
func untouched(*store.Manifest) store.Write { return store.Write{} }

// only is the one thing of a list.
func only[T any](list []*T, err error) (*T, error) {
	if err == nil && len(list) != 1 {
		return nil, store.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

func kinds(s *store.Store) []one {
	written := time.Date(2026, 11, 3, 4, 0, 0, 0, time.UTC)
	account := full(func(a *watch.Account) { a.AccountKey = watched })
	activity := full(func(*watch.Activity) {})
	bills := full(func(*watch.Bills) {})
	record := full(func(r *watch.Record) { r.ID, r.OnAccount = "rec_1", watch.On(watched) })
	dispute := full(func(d *watch.Dispute) { d.ID, d.OnAccount = "dis_1", watch.On(watched) })
	inquiry := full(func(q *watch.Inquiry) { q.ID, q.OnAccount = "inq_1", watch.On(watched) })
	asking := full(func(a *store.Asking) { a.ID, a.Bank, a.Inquiries = "asked_1", "0125", []string{"inq_1"} })
	step := full(func(p *watch.Step) { p.ID, p.OnAccount = "step_1", watch.On(watched) })
	never := func(*watch.Step) store.Write { return store.Write{} } // a step is not written twice
	bank := full(func(b *store.Bank) { b.Code = "0125" })
	called := full(func(c *store.Callback) { c.ID, c.Bank = "msg_1", "0125" })
	key := full(func(k *store.APIKey) { k.Bank, k.Hash = "0125", "hash_1" })
	stream := full(func(f *store.Feed) { f.Bank = "0125" })
	state := full(func(h *feed.Health) { h.Bank = "0125" })
	norm := full(func(n *feed.Norm) { n.Bank = "0125" })
	number := full(func(n *feed.Number) { n.At = written })
	cell := full(func(c *radar.Cell) { c.Bank, c.At = "0125", written })
	linked := full(func(l *radar.Linked) { l.Bank, l.Service, l.At = "0125", "docomo", radar.PeriodOf(written) })
	usual := full(func(n *radar.Norm) { n.Bank = "0125" })
	standing := full(func(n *radar.Standing) { n.Bank = "0125" })
	campaign := full(func(c *radar.Campaign) { c.Bank, c.ID = "0125", "20201003t050600-abc" })
	file := full(func(f *store.File) { f.Bank, f.ID, f.Feed, f.At = "0125", "file_1", "core", written })
	named := full(func(n *store.Names) { n.OnAccount = watch.On(watched) })
	later := watch.AccountKey{Bank: watched.Bank, Ref: "later"}
	forward := full(func(f *store.Forward) { f.AccountKey, f.Watchers, f.To = later, store.IsForward, watched.Ref })
	erasure := full(func(e *store.Erasure) { e.OnAccount = watch.On(watched) })
	spreading := full(func(*store.Spreading) {})
	breaker := full(func(b *store.Breaker) { b.Provider = "line" })
	refused := full(func(r *store.Refused) { r.ID, r.Bank = "ref_1", "0125" })
	old := full(func(r *store.Refused) { r.ID, r.Bank, r.Old = "ref_2", "0168", true })
	person := full(func(p *store.Person) { p.LineUser = "U1" })
	binding := full(func(b *store.Binding) { b.OnAccount = watch.On(watched) })
	round := full(func(r *store.Round) { r.Bank, r.Part = "0125", 3 })
	code := full(func(c *store.Code) { c.Hash, c.OnAccount = "code_1", watch.On(watched) })
	seen := full(func(w *store.Seen) { w.ID = "W1" })
	manifest := full(func(m *store.Manifest) { m.Sequence = 7 })
	counted := full(func(l *store.Lessons) { l.Bank, l.Month, l.Process = "0125", "2026-11", "process" })
	trace := full(func(t *store.Trace) { t.Bank, t.Event, t.Record = "0125", "evt_1", "rec_1" })
	ticket := full(func(t *store.Ticket) { t.Hash, t.Owner = "ticket_1", store.AccountTickets(watched) })

	// Each member that is filled takes a minute more: a month holds them all.
	due := func(of func(store.DueRef) bool, f find) find {
		return func(ctx context.Context, s *store.Store) (any, store.Write, error) {
			refs, err := s.Due(ctx, written.AddDate(0, 0, 30), 100)
			if err == nil && !slices.ContainsFunc(refs, of) {
				err = store.ErrNotFound
			}
			if err != nil {
				return nil, store.Write{}, err
			}
			return f(ctx, s)
		}
	}
	recordByID := found(func(ctx context.Context, s *store.Store) (*watch.Record, error) { return s.Record(ctx, "rec_1") }, store.PutRecord)
	disputeByID := found(func(ctx context.Context, s *store.Store) (*watch.Dispute, error) { return s.Dispute(ctx, "dis_1") }, s.PutDispute)
	inquiryByID := found(func(ctx context.Context, s *store.Store) (*watch.Inquiry, error) { return s.Inquiry(ctx, "inq_1") }, store.PutInquiry)
	erasureOf := found(func(ctx context.Context, s *store.Store) (*store.Erasure, error) { return s.Erasure(ctx, watched) }, store.PutErasure)
	return []one{
		{"account", func(*store.Store) store.Write { return store.PutAccount(account) }, findAll{
			"one": found(func(ctx context.Context, s *store.Store) (*watch.Account, error) { return s.Account(ctx, watched) }, store.PutAccount),
			"many": found(func(ctx context.Context, s *store.Store) (*watch.Account, error) {
				as, _, err := s.Accounts(ctx, []watch.AccountKey{watched}, func(watch.AccountKey) bool { return true })
				return as[watched], err
			}, store.PutAccount),
		}},
		{"activity", func(*store.Store) store.Write { return store.PutActivity(watched, activity) }, findAll{
			"one": found(func(ctx context.Context, s *store.Store) (*watch.Activity, error) { return s.Activity(ctx, watched) },
				func(a *watch.Activity) store.Write { return store.PutActivity(watched, a) }),
			"many": found(func(ctx context.Context, s *store.Store) (*watch.Activity, error) {
				_, as, err := s.Accounts(ctx, []watch.AccountKey{watched}, func(watch.AccountKey) bool { return true })
				return as[watched], err
			}, func(a *watch.Activity) store.Write { return store.PutActivity(watched, a) }),
		}},
		{"bills", func(*store.Store) store.Write { return store.PutBills(watched, bills) }, findAll{
			"one": found(func(ctx context.Context, s *store.Store) (*watch.Bills, error) { return s.Bills(ctx, watched) },
				func(b *watch.Bills) store.Write { return store.PutBills(watched, b) }),
		}},
		{"record", func(*store.Store) store.Write { return store.PutRecord(record) }, findAll{
			"one": recordByID,
			"many": found(func(ctx context.Context, s *store.Store) (*watch.Record, error) {
				rs, err := s.Records(ctx, []string{"rec_1"})
				return rs["rec_1"], err
			}, store.PutRecord),
			"history": found(func(ctx context.Context, s *store.Store) (*watch.Record, error) {
				return only(store.Collect(s.History(ctx, watched, written, written.AddDate(0, 0, 30))))
			}, store.PutRecord),
			"due": due(func(r store.DueRef) bool { return r.Record == "rec_1" }, recordByID),
		}},
		{"dispute", func(s *store.Store) store.Write { return s.PutDispute(dispute) }, findAll{
			"one": disputeByID,
			"list": found(func(ctx context.Context, s *store.Store) (*watch.Dispute, error) {
				list, _, err := s.Disputes(ctx, "0125", 10, "")
				return only(list, err)
			}, s.PutDispute),
			"due": due(func(r store.DueRef) bool { return r.Dispute == "dis_1" }, disputeByID),
		}},
		{"inquiry", func(*store.Store) store.Write { return store.PutInquiry(inquiry) }, findAll{
			"one": inquiryByID,
			"many": found(func(ctx context.Context, s *store.Store) (*watch.Inquiry, error) {
				return only(s.InquiriesByID(ctx, []string{"inq_1", "none"}))
			}, store.PutInquiry),
			"list": found(func(ctx context.Context, s *store.Store) (*watch.Inquiry, error) {
				return only(s.Inquiries(ctx, watched))
			}, store.PutInquiry),
			"due": due(func(r store.DueRef) bool { return r.Inquiry == "inq_1" }, inquiryByID),
		}},
		{"asking", func(*store.Store) store.Write { return store.PutAsking(asking) }, findAll{
			"one": found(func(ctx context.Context, s *store.Store) (*store.Asking, error) {
				return s.Asking(ctx, "0125", "asked_1")
			}, store.PutAsking),
			"list": found(func(ctx context.Context, s *store.Store) (*store.Asking, error) {
				list, _, err := s.Askings(ctx, "0125", 10, "")
				return only(list, err)
			}, store.PutAsking),
		}},
		{"step", func(s *store.Store) store.Write { return s.PutStep(step) }, findAll{
			"one": found(func(ctx context.Context, s *store.Store) (*watch.Step, error) { return s.Step(ctx, "step_1") }, never),
			"list": found(func(ctx context.Context, s *store.Store) (*watch.Step, error) {
				return only(store.Collect(s.Trail(ctx, watched)))
			}, never),
			"page": found(func(ctx context.Context, s *store.Store) (*watch.Step, error) {
				list, _, err := s.TrailPage(ctx, watched, 10, "")
				return only(list, err)
			}, never),
		}},
		{"bank", func(*store.Store) store.Write { return store.PutBank(bank) }, findAll{
			"one": found(func(ctx context.Context, s *store.Store) (*store.Bank, error) { return s.Bank(ctx, "0125") }, store.PutBank),
			"list": found(func(ctx context.Context, s *store.Store) (*store.Bank, error) {
				return only(store.Collect(s.Banks(ctx)))
			}, store.PutBank),
		}},
		{"api_key", func(*store.Store) store.Write { return putAPIKey(key) }, findAll{
			"one": found(func(ctx context.Context, s *store.Store) (*store.APIKey, error) {
				return s.APIKey(ctx, "0125", "hash_1")
			}, putAPIKey),
			"list": found(func(ctx context.Context, s *store.Store) (*store.APIKey, error) {
				return only(store.Collect(s.APIKeys(ctx, "0125")))
			}, putAPIKey),
		}},
		{"feed", func(*store.Store) store.Write { return store.PutFeed(stream) }, findAll{
			"one": found(func(ctx context.Context, s *store.Store) (*store.Feed, error) { return s.Feed(ctx, "0125") }, store.PutFeed),
		}},
		{"feed_health", func(*store.Store) store.Write { return store.PutFeedHealth(state) }, findAll{
			"one": found(func(ctx context.Context, s *store.Store) (*feed.Health, error) { return s.FeedHealth(ctx, "0125") }, store.PutFeedHealth),
		}},
		{"feed_norm", func(*store.Store) store.Write { return store.PutFeedNorm(norm) }, findAll{
			"one": found(func(ctx context.Context, s *store.Store) (*feed.Norm, error) { return s.FeedNorm(ctx, "0125") }, store.PutFeedNorm),
		}},
		{"feed_number", func(*store.Store) store.Write { return store.PutNumber("0125", *number) }, findAll{
			"list": found(func(ctx context.Context, s *store.Store) (*feed.Number, error) {
				list, err := s.Numbers(ctx, "0125", number.At, number.At)
				if err != nil || len(list) != 1 {
					return nil, errors.Join(err, store.ErrNotFound)
				}
				return &list[0], nil
			}, func(n *feed.Number) store.Write { return store.PutNumber("0125", *n) }),
		}},
		{"radar_cell", func(*store.Store) store.Write { return store.PutCell(cell) }, findAll{
			"one": found(func(ctx context.Context, s *store.Store) (*radar.Cell, error) { return s.Cell(ctx, *cell) }, store.PutCell),
			"list": found(func(ctx context.Context, s *store.Store) (*radar.Cell, error) {
				return only(s.Cells(ctx, "0125", written, written))
			}, store.PutCell),
		}},
		{"radar_linked", func(*store.Store) store.Write { return store.PutLinked(linked) }, findAll{
			"one": found(func(ctx context.Context, s *store.Store) (*radar.Linked, error) { return s.Linked(ctx, *linked) }, store.PutLinked),
			"list": found(func(ctx context.Context, s *store.Store) (*radar.Linked, error) {
				return only(s.LinkedFrom(ctx, "0125", "docomo", written.Add(-radar.LinkedFor), written))
			}, store.PutLinked),
		}},
		{"radar_norm", func(*store.Store) store.Write { return store.PutRadarNorm(usual) }, findAll{
			"one": found(func(ctx context.Context, s *store.Store) (*radar.Norm, error) { return s.RadarNorm(ctx, "0125") }, store.PutRadarNorm),
		}},
		{"radar_standing", func(*store.Store) store.Write { return store.PutStanding(standing) }, findAll{
			"one": found(func(ctx context.Context, s *store.Store) (*radar.Standing, error) { return s.Standing(ctx, "0125") }, store.PutStanding),
		}},
		{"campaign", func(*store.Store) store.Write { return store.PutCampaign(campaign) }, findAll{
			"one": found(func(ctx context.Context, s *store.Store) (*radar.Campaign, error) {
				return s.Campaign(ctx, "0125", campaign.ID)
			}, store.PutCampaign),
			"list": found(func(ctx context.Context, s *store.Store) (*radar.Campaign, error) {
				return only(store.Collect(s.Campaigns(ctx, "0125")))
			}, store.PutCampaign),
		}},
		{"callback", func(*store.Store) store.Write { return putCallback(called) }, findAll{
			"one": found(func(ctx context.Context, s *store.Store) (*store.Callback, error) {
				return s.Callback(ctx, "0125", "msg_1")
			}, putCallback),
			"list": found(func(ctx context.Context, s *store.Store) (*store.Callback, error) {
				list, _, err := s.Callbacks(ctx, "0125", 10, "")
				return only(list, err)
			}, putCallback),
		}},
		{"file", func(*store.Store) store.Write { return store.PutFile(file) }, findAll{
			"one": found(func(ctx context.Context, s *store.Store) (*store.File, error) { return s.File(ctx, "0125", "file_1") }, store.PutFile),
		}},
		{"file", func(*store.Store) store.Write { return store.PutLastFile(file) }, findAll{
			"latest": found(func(ctx context.Context, s *store.Store) (*store.File, error) {
				f, err := s.LastFile(ctx, "0125", "core")
				if err == nil && f.Version == 0 {
					err = store.ErrNotFound
				}
				return f, err
			}, store.PutLastFile),
		}},
		{"breaker", func(*store.Store) store.Write { return store.PutBreaker(breaker) }, findAll{
			"one": found(func(ctx context.Context, s *store.Store) (*store.Breaker, error) { return s.Breaker(ctx, "line") }, store.PutBreaker),
		}},
		{"spreading", func(*store.Store) store.Write { return store.PutSpreading(spreading) }, findAll{
			"one": found(func(ctx context.Context, s *store.Store) (*store.Spreading, error) { return s.Spreading(ctx) }, store.PutSpreading),
		}},
		{"names", func(*store.Store) store.Write { return store.PutNames(named) }, findAll{
			"one":      found(func(ctx context.Context, s *store.Store) (*store.Names, error) { return s.Names(ctx, watched) }, store.PutNames),
			"by later": found(func(ctx context.Context, s *store.Store) (*store.Names, error) { return s.Names(ctx, later) }, store.PutNames),
			"of several": found(func(ctx context.Context, s *store.Store) (*store.Names, error) {
				all, err := s.Called(ctx, watched)
				return all[watched], err
			}, store.PutNames),
		}},
		{"forward", func(*store.Store) store.Write { return store.PutForward(forward) }, findAll{
			"one": found(func(ctx context.Context, s *store.Store) (*store.Forward, error) { return s.Forward(ctx, later) }, store.PutForward),
		}},
		{"erasure", func(*store.Store) store.Write { return store.PutErasure(erasure) }, findAll{
			"one": erasureOf,
			"due": due(func(r store.DueRef) bool { return r.Erasure == watched }, erasureOf),
		}},
		{"refused", func(*store.Store) store.Write { return putRefused(refused) }, findAll{
			"one": found(func(ctx context.Context, s *store.Store) (*store.Refused, error) {
				return s.Refused(ctx, "0125", "ref_1")
			}, putRefused),
			"list": found(func(ctx context.Context, s *store.Store) (*store.Refused, error) {
				return only(store.Collect(s.Quarantine(ctx, "0125")))
			}, putRefused),
		}},
		{"refused", func(*store.Store) store.Write { return putRefused(old) }, findAll{
			"one": found(func(ctx context.Context, s *store.Store) (*store.Refused, error) {
				return s.Refused(ctx, "0168", "ref_2")
			}, putRefused),
			"list": found(func(ctx context.Context, s *store.Store) (*store.Refused, error) {
				return only(store.Collect(s.Quarantine(ctx, "0168")))
			}, putRefused),
		}},
		{"trace", func(*store.Store) store.Write { return store.PutTrace(trace) }, findAll{
			"list": found(func(ctx context.Context, s *store.Store) (*store.Trace, error) {
				return only(s.Traced(ctx, "0125", "evt_1"))
			}, store.PutTrace),
		}},
		{"person", func(*store.Store) store.Write { return store.PutPerson(person) }, findAll{
			"one": found(func(ctx context.Context, s *store.Store) (*store.Person, error) { return s.Person(ctx, "U1") }, store.PutPerson),
		}},
		{"round", func(*store.Store) store.Write { return store.PutRound(round) }, findAll{
			"one": found(func(ctx context.Context, s *store.Store) (*store.Round, error) { return s.Round(ctx, "0125#3") }, store.PutRound),
		}},
		{"binding", func(*store.Store) store.Write { return store.PutBinding("U1", *binding) }, findAll{
			"list": found(func(ctx context.Context, s *store.Store) (*store.Binding, error) {
				return only(store.Collect(s.Bindings(ctx, "U1")))
			}, func(b *store.Binding) store.Write { return store.PutBinding("U1", *b) }),
		}},
		{"code", func(*store.Store) store.Write { return store.PutCode(code) }, findAll{
			"one": found(func(ctx context.Context, s *store.Store) (*store.Code, error) { return s.Code(ctx, "code_1") }, store.PutCode),
			"list": found(func(ctx context.Context, s *store.Store) (*store.Code, error) {
				return only(store.Collect(s.Codes(ctx, watched)))
			}, store.PutCode),
		}},
		{"seen", func(*store.Store) store.Write { return store.PutSeen(seen) }, findAll{
			"one": found(func(ctx context.Context, s *store.Store) (*store.Seen, error) { return s.Seen(ctx, "W1") }, store.PutSeen),
		}},
		{"lessons", func(*store.Store) store.Write { return store.PutLessons(counted) }, findAll{
			"list": found(func(ctx context.Context, s *store.Store) (*store.Lessons, error) {
				return only(store.Collect(s.Lessons(ctx, "0125")))
			}, store.PutLessons),
		}},
		{"catalog_manifest", func(*store.Store) store.Write { return store.PutManifest(manifest)[0] }, findAll{
			"one": found(func(ctx context.Context, s *store.Store) (*store.Manifest, error) { return s.Manifest(ctx) },
				func(m *store.Manifest) store.Write { return store.PutManifest(m)[0] }),
		}},
		{"catalog_manifest", func(*store.Store) store.Write { return store.PutManifest(manifest)[1] }, findAll{
			"past": found(func(ctx context.Context, s *store.Store) (*store.Manifest, error) { return s.PastManifest(ctx, 7) }, untouched),
		}},
		{"catalog_part", func(*store.Store) store.Write { return store.PutCatalogText("text_1", []byte("Service: x"))[0] }, findAll{
			"one": found(func(ctx context.Context, s *store.Store) (*store.Manifest, error) {
				b, err := s.CatalogText(ctx, "text_1", 1)
				if err == nil && string(b) != "Service: x" {
					err = store.ErrNotFound
				}
				return nil, err
			}, untouched),
		}},
		{"ticket", func(*store.Store) store.Write { return store.PutTicket(ticket) }, findAll{
			"one": found(func(ctx context.Context, s *store.Store) (*store.Ticket, error) {
				return s.Ticket(ctx, store.TicketMail, "ticket_1")
			}, store.PutTicket),
			"list": found(func(ctx context.Context, s *store.Store) (*store.Ticket, error) {
				return only(store.Collect(s.Tickets(ctx, store.AccountTickets(watched))))
			}, store.PutTicket),
		}},
	}
}
