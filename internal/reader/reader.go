// Package reader has a file looked through by the function that reads files, over
// HTTP: what reads files is large, and what reads hostile ones holds no secret of a
// provider's. Nothing of a file is kept on either side.
package reader

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"kozamori/internal/codec"
	"kozamori/internal/lookback"
	"kozamori/internal/token"
)

// Path is where files are looked through.
const Path = "/look"

// How long a request may be under way, and its answer be, in bytes.
const (
	life      = time.Minute
	patience  = 20 * time.Second
	maxAnswer = 1 << 20
)

// ErrNotNow says that a file could not be looked through now.
var ErrNotNow = errors.New("reader: a file cannot be looked through now")

// Client asks.
type Client struct {
	BaseURL string // without a slash at its end
	Keys    *token.Keys
	HTTP    *http.Client // nil takes one of its own
	Now     func() time.Time
}

// subject binds a token to a file and to what its bank is taken for.
func subject(bank string, file []byte) string {
	sum := sha256.Sum256(file)
	return hex.EncodeToString(sum[:]) + "|" + bank
}

// Look has a file looked through as one of a bank; empty if it is not known. ErrNotNow
// for whatever goes wrong; a file that is no statement is in the answer.
func (c *Client) Look(ctx context.Context, bank string, file []byte) (*lookback.Brief, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.BaseURL+Path, bytes.NewReader(file))
	if err != nil {
		return nil, ErrNotNow
	}
	req.Header.Set("Content-Type", "application/octet-stream")
	req.Header.Set("Authorization", "Bearer "+c.Keys.Sign(token.PurposeLook, subject(bank, file), c.Now().Add(life)))
	client := c.HTTP
	if client == nil {
		client = &http.Client{Timeout: patience}
	}
	res, err := client.Do(req)
	if err != nil {
		return nil, ErrNotNow
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	var out lookback.Brief
	if err != nil || res.StatusCode != http.StatusOK || codec.Unmarshal(body, &out) != nil {
		return nil, ErrNotNow
	}
	return &out, nil
}

// Asked tells whether a request was made by Look for this file, and for which bank.
func Asked(keys *token.Keys, h http.Header, file []byte, now time.Time) (bank string, ok bool) {
	said, ok := strings.CutPrefix(h.Get("Authorization"), "Bearer ")
	if !ok {
		return "", false
	}
	of, err := keys.Verify(token.PurposeLook, said, now)
	_, bank, _ = strings.Cut(of, "|")
	return bank, err == nil && of == subject(bank, file)
}
