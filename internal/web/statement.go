package web

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"kozamori/internal/catalog"
	"kozamori/internal/codec"
	"kozamori/internal/lookback"
	"kozamori/internal/membership"
	"kozamori/internal/quote"
	"kozamori/internal/reader"
	"kozamori/internal/statement"
	"kozamori/internal/watch"
	"kozamori/internal/wording"
)

// StatementRoute is the address of the page that looks through statements.
const StatementRoute = homePath + "/{account}" + wording.StatementPath

// Bounds of what is uploaded at once. Lambda takes 6 MB of a request, in which a
// file takes four thirds of its size.
const (
	maxUploadMB = wording.MaxFileMB
	maxUpload   = maxUploadMB << 20
	maxFiles    = 20
	maxRowNamed = 1000 // lines of a file that are told to be unread
)

// Statements makes the handler of the page that looks through statements. It is
// apart from New's because no other page has a need of what reads files. Nothing
// of a file outlives its request.
func Statements(c Config) http.Handler {
	return newSite(c, maxUpload+maxSettings, []route{
		{path: StatementRoute, methods: shownDone, serve: func(s *site) http.HandlerFunc { return s.ofAccount(s.statement) }},
		// Not a page: the chat asks, and proves it.
		{path: reader.Path, methods: []string{http.MethodPost}, anywhere: true, serve: func(s *site) http.HandlerFunc { return s.brief }},
	})
}

// brief looks through the file that somebody sent into the chat.
func (s *site) brief(w http.ResponseWriter, r *http.Request) {
	file, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxUpload))
	if err != nil {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	bank, ok := reader.Asked(s.Keys, r.Header, file, s.Now())
	if !ok {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	out := &lookback.Brief{}
	st, err := statement.Read(file, s.Now().In(watch.JST))
	if out.Fault = string(faultOf(err)); err == nil {
		out = lookback.BriefOf(bank, st)
	}
	body, err := codec.Marshal(out)
	if err != nil {
		panic("web: a brief does not encode: " + err.Error()) // it is plain texts and numbers
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(body)
}

// upload is a file as it came.
type upload struct {
	name string
	data []byte
}

var errUpload = errors.New("web: no files in a form of ours")

// uploads reads the files of a form into memory.
func uploads(r *http.Request) (files []upload, err error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, errUpload
	}
	looked := false
	for {
		p, err := parts.NextPart()
		switch {
		case errors.Is(err, io.EOF) && looked:
			return files, nil
		case err != nil:
			return nil, orUpload(err)
		}
		data, err := io.ReadAll(p)
		switch {
		case err != nil:
			return nil, orUpload(err)
		case p.FormName() == "do":
			looked = string(data) == wording.DoLook
		case p.FormName() != wording.FieldFiles || len(files) == maxFiles:
			return nil, errUpload
		case p.FileName() != "" || len(data) > 0:
			files = append(files, upload{p.FileName(), data})
		}
	}
}

// orUpload keeps the error that says that it is too much.
func orUpload(err error) error {
	if _, big := errors.AsType[*http.MaxBytesError](err); big {
		return err
	}
	return errUpload
}

// statement looks through the files of a form, and keeps or reports what it has
// shown.
func (s *site) statement(w http.ResponseWriter, r *http.Request, g *guest, b membership.Bound) {
	f := wording.StatementFacts{View: s.view(r.Context(), g, b), Home: homePath, MaxMB: maxUploadMB}
	if r.Method != http.MethodPost {
		s.page(w, http.StatusOK, wording.StatementPage(f))
		return
	}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "application/x-www-form-urlencoded" {
		s.keepRows(w, r, g, b, f)
		return
	}
	files, err := uploads(r)
	if _, big := errors.AsType[*http.MaxBytesError](err); big {
		s.page(w, http.StatusRequestEntityTooLarge, wording.StatementRefused(f, wording.FileLarge))
		return
	}
	if !s.offered(w, r, err == nil) {
		return
	}
	if len(files) == 0 {
		s.page(w, http.StatusUnprocessableEntity, wording.StatementRefused(f, wording.FileEmpty))
		return
	}
	debits := s.look(files, &f, b)
	if err := s.choose(r.Context(), g, b, &f, debits); !s.at(w, r, err) {
		return
	}
	s.page(w, http.StatusOK, wording.StatementPage(f))
}

// look fills in what the files tell, and returns the debits, the newest first.
func (s *site) look(files []upload, f *wording.StatementFacts, b membership.Bound) (debits []lookback.Debit) {
	now, bank := s.Now().In(watch.JST), b.Account.Bank
	l := lookback.Looker{Bank: bank}
	accounts := map[string]bool{}
	for _, u := range files {
		x := wording.LookedFile{Name: quote.Text(u.name)}
		st, err := statement.Read(u.data, now)
		if x.Fault = faultOf(err); err == nil {
			l.Add(u.name, st)
			x.Rows, x.Unread, x.Misfits = len(st.Rows), lines(st.Unread), lines(st.Misfits)
			if st.Known {
				x.Layout = st.Layout
			}
			for i := range st.Rows {
				accounts[st.Rows[i].Account] = true
			}
			if code := bankOf(st.Layout); code != "" && code != bank {
				other, _ := catalog.BankByCode(code)
				f.OtherBank = other.Name(f.View.Lang)
			}
			if code := namedBank(st); code != "" && code != bank {
				f.NamedBank = code
				if other, ok := catalog.BankByCode(code); ok {
					f.NamedBank = other.Name(f.View.Lang)
				}
			}
		}
		f.Files = append(f.Files, x)
	}
	report := l.Report()
	f.Looked, f.First, f.Last, f.Rows, f.Again, f.Accounts = true, report.First, report.Last, report.Rows, report.Again, len(accounts)
	f.OtherAccount = otherAccount(b.Account.Mask.Line(), accounts)
	for _, m := range report.Gaps {
		if t, err := time.Parse("2006-01", m); err == nil {
			f.Gaps = append(f.Gaps, t)
		}
	}
	for i := range report.Services {
		f.Services = append(f.Services, s.looked(&report.Services[i], f.View.Lang, now))
	}
	slices.Reverse(report.Debits)
	return report.Debits
}

// sameDigits is how many digits at the end of an account's number tell it.
const sameDigits = 3

// otherAccount tells whether the files name an account, and by its last digits it
// is not the one that the bank's mask names. Where either says too little it is
// not known, and false.
func otherAccount(mask string, accounts map[string]bool) bool {
	digits := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, s)
	}
	at := strings.LastIndexFunc(strings.TrimRight(mask, " "), func(r rune) bool { return r < '0' || r > '9' })
	end := digits(mask[at+1:])
	if len(end) < sameDigits {
		return false
	}
	for a := range accounts {
		if d := digits(a); len(d) >= sameDigits && !strings.Contains(d, end) {
			return true
		}
	}
	return false
}

// bankOf is the code of the bank whose layout a file has; empty if many have it.
func bankOf(layout string) string {
	for _, code := range catalog.BankCodes() {
		if b, ok := catalog.BankByCode(code); ok && b.NameJa == layout {
			return code
		}
	}
	return ""
}

// namedBank is the code of the bank that a file of 全銀 names with its accounts; empty
// if it names none.
func namedBank(st *statement.Statement) string {
	if !strings.HasPrefix(st.Layout, "全銀 ") {
		return ""
	}
	for i := range st.Rows {
		if code, _, ok := strings.Cut(st.Rows[i].Account, "-"); ok && len(code) == 4 && strings.Trim(code, "0123456789") == "" {
			return code
		}
	}
	return ""
}

func (s *site) looked(x *lookback.Sum, lang watch.Lang, now time.Time) wording.LookedService {
	name, _ := s.Names.Service(x.Service, lang)
	out := wording.LookedService{Name: name, First: x.First, Last: x.Last, Count: x.Count, Total: x.Total, Largest: x.Largest, Doubtful: x.Doubtful, At: now}
	for m, yen := range x.Months {
		if t, err := time.Parse("2006-01", m); err == nil {
			out.Months = append(out.Months, wording.MonthSum{Month: t, Yen: yen})
		}
	}
	for _, c := range lookback.Claims(x, now) {
		out.Claims = append(out.Claims, wording.ClaimFact{Days: c.Days, FromLoss: c.Since == "loss", Until: c.Until, Over: c.Over, AsOf: c.AsOf})
	}
	return out
}

// faultOf is why a file was not read, as people are told.
func faultOf(err error) wording.FileFault {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, statement.ErrKind):
		return wording.FileKind
	case errors.Is(err, statement.ErrNoText):
		return wording.FileText
	case errors.Is(err, statement.ErrEmpty):
		return wording.FileEmpty
	}
	return wording.FileHeader
}

func lines(problems []statement.Problem) (out []int) {
	for _, p := range problems[:min(len(problems), maxRowNamed)] {
		out = append(out, p.Line)
	}
	return out
}
