package intake

import (
	"encoding/hex"
	"strings"

	"kozamori/internal/watch"
)

// Bounds of an Upload, in bytes. What is larger is posted in parts, by the programs
// that do so.
const (
	MaxUpload   = 4 << 20 // as it is sent: Lambda takes 6 MB, in base64
	MaxUnpacked = 16 << 20
)

// Upload is a file that a bank sends in one request, or leaves in the bucket, with its
// manifest: what the bank says of it.
type Upload struct {
	Body     []byte // of one that is sent in a request
	Rows     int
	SHA256   string // in lower-case hex, of the file
	Feed     string
	Sequence int64 // from 1; 0 if it has none
	// AsWritten says that what the file calls an account is its account_ref, and
	// Account that all of it is about this one, events too. Without either each row
	// must be an event, which names its own.
	AsWritten bool
	Account   string
}

// NoneTaken is why a file is refused as a whole of which each row is wrong.
const NoneTaken = "no row of it can be taken"

// FileID names the file of a checksum, where its rows are posted in parts.
func FileID(bank, sum string) string { return "file_" + watch.Derive("file", bank, sum) }

// IsSum tells whether a text can be the checksum of a file.
func IsSum(s string) bool {
	raw, err := hex.DecodeString(s)
	return err == nil && len(raw) == 32 && s == strings.ToLower(s)
}
