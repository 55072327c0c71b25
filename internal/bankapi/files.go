package bankapi

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"kozamori/internal/bankfile"
	"kozamori/internal/intake"
	"kozamori/internal/problem"
	"kozamori/internal/store"
	"kozamori/internal/watch"
	"kozamori/internal/wire"
)

const filesPath = "/v1/banks/{bank}/files"

// asWritten is the value of accounts that says what a file calls an account is its
// account_ref.
const asWritten = "as_written"

// sendFile takes a file of events or of statements. What is wrong with the manifest
// costs the file, what is wrong with a row that row.
func (h *Handler) sendFile(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	q, err := query(r, "rows", "sha256", "feed", "sequence", "accounts", "account_ref")
	if err != nil {
		return 0, nil, err
	}
	file, err := manifest(q)
	if err != nil {
		return 0, nil, err
	}
	file.Body, err = io.ReadAll(r.Body)
	if _, big := errors.AsType[*http.MaxBytesError](err); big {
		return 0, nil, err
	}
	if err != nil {
		return 0, nil, refused("", "the body ended early")
	}
	if err := begin(r.Context(), object{"file", file.SHA256}); err != nil {
		return 0, nil, err
	}
	came, known, err := h.Take(r.Context(), bank, *file)
	if err != nil {
		return 0, nil, err
	}
	about(r.Context(), object{"file", came.ID})
	rep := bankfile.Of(came)
	switch {
	case came.State == store.FileRefused && came.Reason == intake.NoneTaken:
		return 0, nil, &problem.Problem{Status: http.StatusUnprocessableEntity, Code: problem.NoneTaken, Title: "no row can be taken", Members: fileReport{rep}}
	case came.State == store.FileRefused:
		return 0, nil, &problem.Problem{Status: http.StatusUnprocessableEntity, Code: problem.FileRefused, Title: "the file is refused as a whole, and nothing of it was taken", Reason: came.Reason, Members: fileReport{rep}}
	case known:
		return http.StatusOK, rep, nil
	}
	return http.StatusAccepted, rep, nil
}

// fileReport stands in a problem.
type fileReport struct {
	File *bankfile.Report `json:"file"`
}

// manifest reads what the bank says of a file.
func manifest(q url.Values) (*intake.Upload, error) {
	file := &intake.Upload{SHA256: q.Get("sha256"), Feed: q.Get("feed"), Account: q.Get("account_ref")}
	rows, err := strconv.ParseUint(q.Get("rows"), 10, 31)
	if err != nil {
		return nil, refused("rows", "must be the number of the file's rows")
	}
	file.Rows = int(rows)
	if !intake.IsSum(file.SHA256) {
		return nil, refused("sha256", "must be the checksum of the bytes that are sent, in lower-case hex")
	}
	if !wire.IsFeed(file.Feed) {
		return nil, refused("feed", fmt.Sprintf("must be at most %d letters, digits and . _ -", wire.MaxFeed))
	}
	if s := q.Get("sequence"); s != "" {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil || n < 1 || n > wire.MaxNumber {
			return nil, refused("sequence", "must be a positive whole number")
		}
		file.Sequence = n
	}
	switch s := q.Get("accounts"); {
	case s == asWritten && file.Account != "":
		return nil, refused("account_ref", "is for a file about one account, and not together with accounts")
	case s == asWritten:
		file.AsWritten = true
	case s != "":
		return nil, refused("accounts", "must be as_written, or not be there")
	case file.Account != "":
		if fe := watch.CheckRef("account_ref", file.Account); fe != nil {
			return nil, fe
		}
	}
	return file, nil
}

// readFile tells what came of a file.
func (h *Handler) readFile(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	f, err := h.Store.File(r.Context(), bank, r.PathValue("file_id"))
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, bankfile.Of(f), nil
}
