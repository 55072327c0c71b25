package bankapi

import (
	"errors"
	"io"
	"net/http"

	"kozamori/internal/bankfile"
	"kozamori/internal/intake"
	"kozamori/internal/problem"
	"kozamori/internal/store"
)

const filesPath = "/v1/banks/{bank}/files"

// sendFile takes a file of events or of statements. What is wrong with the manifest
// costs the file, what is wrong with a row that row.
func (h *Handler) sendFile(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	q, err := query(r, "rows", "sha256", "feed", "sequence", "accounts", "account_ref")
	if err != nil {
		return 0, nil, err
	}
	said := intake.Manifest{Rows: q.Get("rows"), SHA256: q.Get("sha256"), Feed: q.Get("feed"), Sequence: q.Get("sequence"), Accounts: q.Get("accounts"), AccountRef: q.Get("account_ref")}
	file, wrong := said.Upload()
	if wrong != nil {
		return 0, nil, wrong
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

// readFile tells what came of a file.
func (h *Handler) readFile(_ http.ResponseWriter, r *http.Request, bank string) (int, any, error) {
	f, err := h.Store.File(r.Context(), bank, r.PathValue("file_id"))
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, bankfile.Now(f, h.Now()), nil
}
