package main

import (
	"embed"
	"encoding/json"
	"io/fs"
	"net/http"
	"strconv"
	"strings"

	"kozamori/events"
	"kozamori/internal/health"
	"kozamori/internal/sim"
)

// Where the simulators stand in for what is elsewhere otherwise.
const (
	lineAPI = "/outside/line"
	sesAPI  = "/outside/ses"
)

//go:embed page
var pageFiles embed.FS

// policy of the page: nothing from elsewhere; its mails are in frames.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// routes is Kozamori itself, as it is served to everybody.
func (s *stack) routes() (http.Handler, error) {
	mux, err := s.System.Handler()
	if err != nil {
		return nil, err
	}
	if !s.Expose {
		mux.HandleFunc("GET /healthz", s.health)
		mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "Here are Kozamori's pages, its API for banks and LINE's webhook. Its page with the phone is at the address that it printed when it started.", http.StatusNotFound)
		})
	}
	return named(ours(s.System.BaseURL), mux), nil
}

// simulated is what stands around Kozamori, and the page: for the user of this
// machine only.
func (s *stack) simulated(path string) (http.Handler, error) {
	mux := http.NewServeMux()
	if s.LINE != nil {
		mux.Handle(lineAPI+"/", http.StripPrefix(lineAPI, s.LINE))
		mux.Handle("/sim/line/", s.LINE.Panel())
	}
	mux.Handle(sesAPI+"/", http.StripPrefix(sesAPI, s.Mail))
	mux.Handle("/sim/mail/", s.Mail)
	mux.HandleFunc("/sim/bank/{bank}/", s.bank)
	mux.HandleFunc("GET /sim/bank/disputes", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, map[string]any{"disputes": s.disputes()})
	})
	s.serveProviders(mux)
	mux.HandleFunc("POST /sim/events", s.compose)
	mux.HandleFunc("GET /sim/clock", s.tells)
	mux.HandleFunc("POST /sim/clock", s.skip)
	mux.HandleFunc("GET /sim/latency.svg", s.latency)
	mux.HandleFunc("GET /sim/records/{id}/timeline.svg", s.timeline)
	mux.HandleFunc("POST /sim/send/{file}", s.send)
	mux.HandleFunc("GET /healthz", s.health)
	mux.HandleFunc("GET /sim/state", s.state)
	mux.HandleFunc("GET /sim/changes", s.hub.stream)
	files, err := fs.Sub(pageFiles, "page")
	if err != nil {
		return nil, err
	}
	page := http.FileServerFS(files)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-cache")
		page.ServeHTTP(w, r)
	})
	// A page of another site changes nothing here, though it cannot know the path either.
	return named(thisMachine, secret(path, http.NewCrossOriginProtection().Handler(mux))), nil
}

// bank passes a request on to one of the banks, which know only their own
// paths.
func (s *stack) bank(w http.ResponseWriter, r *http.Request) {
	b, ok := s.Banks[r.PathValue("bank")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	inner := r.Clone(r.Context())
	inner.URL.Path = strings.Replace(r.URL.Path, "/sim/bank/"+b.Code+"/", "/sim/bank/", 1)
	b.ServeHTTP(w, inner)
}

// bookEntry is a dispute in the books of one of the banks.
type bookEntry struct {
	Bank string `json:"bank"`
	sim.BankDispute
}

func (s *stack) disputes() []bookEntry {
	out := []bookEntry{}
	for _, code := range codes {
		for _, d := range s.Banks[code].Disputes() {
			out = append(out, bookEntry{code, d})
		}
	}
	return out
}

// stopEntry is a control in the books of one of the banks.
type stopEntry struct {
	Bank string `json:"bank"`
	sim.BankControl
}

func (s *stack) controls() []stopEntry {
	out := []stopEntry{}
	for _, code := range codes {
		for _, c := range s.Banks[code].Controls() {
			out = append(out, stopEntry{code, c})
		}
	}
	return out
}

// send posts a sample as its bank, as if it happened just now.
func (s *stack) send(w http.ResponseWriter, r *http.Request) {
	sample, ok := events.ByFile(r.PathValue("file"))
	if !ok {
		writeJSON(w, http.StatusNotFound, map[string]string{"message": "there is no such sample"})
		return
	}
	now := s.clock.now()
	body := events.Rename(events.Shift(sample.Body(), now), strconv.FormatInt(now.UnixNano(), 36))
	a, err := s.posts(r, s.Banks[sample.Bank], sample.File, "", body)
	if err != nil {
		writeJSON(w, http.StatusBadGateway, map[string]string{"message": err.Error()})
		return
	}
	writeJSON(w, http.StatusOK, a)
}

// health tells how the system is: 503 if it cannot tell.
func (s *stack) health(w http.ResponseWriter, r *http.Request) {
	h, err := health.Look(r.Context(), s.System.Store, s.System.Queue, s.clock.now())
	if err == nil {
		h.LastBackup, err = s.data.LastBackup(r.Context())
	}
	if err == nil {
		var disk health.Disk
		disk, err = s.data.Disk(r.Context())
		h.Disk = &disk
	}
	if err != nil {
		s.Logger.Error("cannot tell the health", "err", err)
		writeJSON(w, http.StatusServiceUnavailable, map[string]string{"message": "the store or the queues do not answer"})
		return
	}
	writeJSON(w, http.StatusOK, h)
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // who left does not want it
}
