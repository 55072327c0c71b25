// Package folder is the data folder of the local stack: where it lies, the
// secrets in it, and where the running stack listens. It never leaves the
// machine, and only this user can read it.
package folder

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"kozamori/internal/engine"
)

// Names of what lies in the folder.
const (
	storeDir    = "store" // the store and the queues
	restoredDir = "store.restored"
	storeFile   = "store.db" // of the former format, as is the next
	queueFile   = "queue.db"
	secretsFile = "secrets.json"
	runningFile = "running.json"
	phonesFile  = "outside-phones.jsonl"
	filesDir    = "files"
	clockFile   = "clock"
	mailsFile   = "outside-mails.jsonl"
	booksFile   = "outside-bank-%s.jsonl"
	outsideFile = "mark.json"     // how far the store had come, next to it
	lockFile    = "kozamori.lock" // its being there says that the folder is ours
)

// ErrInUse says that another process works in the folder.
var ErrInUse = errors.New("folder: in use by another process")

// ErrForeign says that files of these names are there, but not ours.
var ErrForeign = errors.New("folder: not one of ours")

// ErrNotRunning says that no stack has written down where it listens.
var ErrNotRunning = errors.New("folder: no stack is running here")

// Secrets are made at random for each folder.
type Secrets struct {
	Identity    string          `json:"identity,omitempty"` // of the folder, as the engine has it
	Changes     int             `json:"changes,omitempty"`  // how often they were changed
	LineChannel string          `json:"line_channel"`       // signs what the simulated LINE sends
	LineToken   string          `json:"line_token"`         // opens the simulated LINE
	Links       []byte          `json:"links"`              // signs links
	Catalog     []byte          `json:"catalog"`            // the seed of the key that signs editions of the catalogue
	Banks       map[string]Bank `json:"banks"`              // by code
}

// Bank is what a bank and Kozamori share.
type Bank struct {
	Webhook string `json:"webhook"`           // as Standard Webhooks writes it: whsec_…; two with a comma between while one replaces the other
	APIKey  string `json:"api_key,omitempty"` // empty until the bank has been set up
	SignIn  string `json:"sign_in,omitempty"` // what the bank's identity provider knows us by
}

// Running says where the stack of a folder listens.
type Running struct {
	URL     string    `json:"url"`    // of Kozamori itself, without a slash at its end
	Page    string    `json:"page"`   // the same of its page and of what is simulated
	Socket  string    `json:"socket"` // where it serves the operator's tool
	Started time.Time `json:"started"`
}

// Folder is an open data folder. Only one process can hold it.
type Folder struct {
	path string
	lock *bbolt.DB
	// Now is the time for what is kept; time.Now if nil. It is set before Data.
	Now   func() time.Time
	count func(changes int) error // notes in the engine how often the secrets changed; nil while it is closed
}

// Default is the folder that is used when none is named.
func Default() (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", errors.New("this user has no cache directory; name a folder with -data")
	}
	return filepath.Join(dir, "kozamori"), nil
}

// Open makes the folder if need be and takes it for this process; ErrInUse.
// If fresh is given, what a stack kept in it is removed first, unless fresh,
// which can ask the user, returns an error. A folder in which other files than a
// stack's would be overwritten or removed is left alone; ErrForeign.
func Open(path string, fresh func() error) (*Folder, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("the folder %s cannot be made: %w", path, cause(err))
	}
	if name := foreign(path); name != "" {
		return nil, fmt.Errorf("%w: %s", ErrForeign, name)
	}
	// bbolt locks files on every system that Go runs on.
	lock, err := bbolt.Open(filepath.Join(path, lockFile), 0o600, &bbolt.Options{Timeout: 200 * time.Millisecond})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, fmt.Errorf("%w: %s", ErrInUse, path)
	}
	if err != nil {
		return nil, fmt.Errorf("the folder %s cannot be written: %w", path, cause(err))
	}
	f := &Folder{path: path, lock: lock}
	if fresh != nil && f.Holds() {
		if err := fresh(); err != nil {
			return nil, errors.Join(err, f.Close())
		}
		for _, name := range kept(path) {
			if err := os.RemoveAll(name); err != nil {
				return nil, errors.Join(fmt.Errorf("the folder %s cannot be emptied: %w", path, cause(err)), f.Close())
			}
		}
	}
	return f, nil
}

// kept is every file and folder that a stack may have kept in a folder, but for
// what was set aside.
func kept(path string) []string {
	names, _ := filepath.Glob(filepath.Join(path, fmt.Sprintf(booksFile, "????"))) // the pattern is sound
	for _, name := range []string{outsideFile, storeDir, storeDir + ".new", restoredDir, storeFile, queueFile, secretsFile, runningFile, phonesFile, mailsFile, clockFile, filesDir} {
		names = append(names, filepath.Join(path, name))
	}
	return names
}

// Holds tells whether a stack kept anything in the folder.
func (f *Folder) Holds() bool {
	for _, name := range kept(f.path) {
		if _, err := os.Lstat(name); err == nil {
			return true
		}
	}
	return false
}

// foreign is a file in a folder that would become ours and is not: the lock is
// the first thing that a stack makes, and nothing removes it.
func foreign(path string) string {
	if _, err := os.Lstat(filepath.Join(path, lockFile)); !errors.Is(err, fs.ErrNotExist) {
		return ""
	}
	for _, name := range kept(path) {
		if _, err := os.Lstat(name); err == nil {
			return name
		}
	}
	return ""
}

// cause is what went wrong, without the path that the sentence has already.
func cause(err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err
	}
	return err
}

// Close lets others have the folder, and forgets where this stack listened.
func (f *Folder) Close() error {
	_ = os.Remove(filepath.Join(f.path, runningFile)) // a stale one only makes a later send fail to connect
	return f.lock.Close()
}

// Store is the folder of the store and the queues.
func (f *Folder) Store() string { return filepath.Join(f.path, storeDir) }

// outside is where the mark of the store is written next to it as well.
func (f *Folder) outside() string { return filepath.Join(f.path, outsideFile) }

// former is a file of the former format.
func (f *Folder) former(name string) string { return filepath.Join(f.path, name) }

// Phones is the file in which the simulated LINE keeps its chats.
func (f *Folder) Phones() string { return filepath.Join(f.path, phonesFile) }

// Files is the folder that plays the bucket in which banks leave files. Close it.
func (f *Folder) Files() (*os.Root, error) {
	if err := os.MkdirAll(filepath.Join(f.path, filesDir), 0o700); err != nil {
		return nil, err
	}
	return os.OpenRoot(filepath.Join(f.path, filesDir))
}

// Clock is the file that says how far the clock of the stack was set forward.
func (f *Folder) Clock() string { return filepath.Join(f.path, clockFile) }

// Mails is the file in which the simulated mailbox keeps its mail.
func (f *Folder) Mails() string { return filepath.Join(f.path, mailsFile) }

// Books is the file in which a simulated bank keeps its disputes.
func (f *Folder) Books(bank string) string {
	return filepath.Join(f.path, fmt.Sprintf(booksFile, bank))
}

// fresh are the secrets of a new folder.
func fresh() *Secrets {
	return &Secrets{LineChannel: hex.EncodeToString(random(16)), LineToken: hex.EncodeToString(random(32)), Links: random(32)}
}

// complete makes what is missing of the secrets for the given banks, and tells
// whether nothing was.
func (s *Secrets) complete(banks []string) bool {
	whole := true
	if len(s.Catalog) == 0 {
		s.Catalog, whole = random(ed25519.SeedSize), false
	}
	if s.Banks == nil {
		s.Banks = map[string]Bank{}
	}
	for _, code := range banks {
		if s.Banks[code].Webhook == "" {
			s.Banks[code] = Bank{Webhook: "whsec_" + base64.StdEncoding.EncodeToString(random(32))}
			whole = false
		}
	}
	return whole
}

// Keep writes secrets into the folder, for this user's eyes only.
func (f *Folder) Keep(s *Secrets) error {
	// The engine counts them first: the file may be one change ahead of it, and
	// no more, also when the disk is full.
	if f.count != nil && s.Changes > 0 {
		if err := f.count(s.Changes); err != nil {
			return err
		}
	}
	s.Changes++
	if err := write(filepath.Join(f.path, secretsFile), s); err != nil {
		s.Changes--
		return err
	}
	if f.count == nil {
		return nil
	}
	return f.count(s.Changes)
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the process instead
	return b
}

// Announce writes down where the stack listens.
func (f *Folder) Announce(r Running) error { return write(filepath.Join(f.path, runningFile), r) }

// ReadSecrets reads the secrets of a folder that another process may hold.
// fs.ErrNotExist if no stack ever started in it.
func ReadSecrets(path string) (*Secrets, error) {
	var s Secrets
	if err := read(filepath.Join(path, secretsFile), &s); err != nil {
		return nil, err
	}
	return &s, nil
}

// ReadRunning reads where the stack of a folder listens. ErrNotRunning.
func ReadRunning(path string) (*Running, error) {
	var r Running
	if err := read(filepath.Join(path, runningFile), &r); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, ErrNotRunning
		}
		return nil, err
	}
	return &r, nil
}

func read(path string, v any) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, v); err != nil {
		return fmt.Errorf("%w: %s is empty or damaged. Put it back, or restore a backup; nothing was changed", engine.ErrDamaged, path)
	}
	return nil
}

// write replaces a file in one step, so that a crash leaves the old or the new.
func write(path string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return writeBytes(path, append(b, '\n'))
}

func writeBytes(path string, b []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".new-*") // made with 0600
	if err != nil {
		return err
	}
	_, err = tmp.Write(b)
	if err == nil {
		err = tmp.Sync()
	}
	err = errors.Join(err, tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
		return err
	}
	return engine.SyncDir(filepath.Dir(path))
}
