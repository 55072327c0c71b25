// Package s3 reads what banks put into a bucket of Amazon S3. It asks one thing of S3, to
// get an object, and so it signs that request itself: no client of a hundred other calls
// stands in the function.
package s3

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"kozamori/internal/bucket"
)

// Config is which bucket it is.
type Config struct {
	AWS  aws.Config
	Name string       // of the bucket
	HTTP *http.Client // nil takes one of its own
}

// Bucket is a bucket of S3.
type Bucket struct {
	Config
	signer   *v4.Signer
	endpoint string // another address of S3, under which buckets are paths
}

// Open is New of what a deployment says.
func Open(c aws.Config, name string) *Bucket { return New(Config{AWS: c, Name: name}) }

// New makes it. Nothing is called.
func New(c Config) *Bucket {
	if c.HTTP == nil {
		c.HTTP = &http.Client{} // a reader ends what does not come: an object takes as long as its rows
	}
	b := &Bucket{Config: c, signer: v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })}
	for _, s := range c.AWS.ConfigSources {
		if e, ok := s.(interface {
			GetServiceBaseEndpoint(context.Context, string) (string, bool, error)
		}); ok {
			b.endpoint, _, _ = e.GetServiceBaseEndpoint(context.Background(), "S3")
		}
	}
	return b
}

// Open reads an object, of a version or of the latest if that is empty, from a byte to
// before another one; 0 is the end. bucket.ErrNotFound. A read goes on where it was when
// a connection ends early.
func (b *Bucket) Open(ctx context.Context, key, version string, from, to int64) (io.ReadCloser, bucket.Object, error) {
	r := &reader{Bucket: b, ctx: ctx, key: key, version: version, at: from, end: to}
	if err := r.get(); err != nil {
		r.cut()
		return nil, bucket.Object{}, err
	}
	return r, bucket.Object{Version: r.version, Size: r.size}, nil
}

const (
	// retries is how often a read goes on after its connection has ended.
	retries = 5
	// silence is how long nothing may come before a connection is taken for dead.
	silence = 10 * time.Second
)

// reader reads an object.
type reader struct {
	*Bucket
	ctx          context.Context
	key, version string
	at, end      int64
	size         int64
	body         io.ReadCloser
	tries        int
	cut          context.CancelFunc // ends the connection
}

// The checksum of an empty body, which a signature covers.
const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// waits ends the connection if what is waited for does not come in time.
func (r *reader) waits() (came func()) {
	t := time.AfterFunc(silence, r.cut)
	return func() { t.Stop() }
}

// get asks for the rest of the object. A version is S3's own and the ETag: where versions
// are not kept, that tells them apart.
func (r *reader) get() error {
	version, etag, _ := strings.Cut(r.version, " ")
	ctx, cut := context.WithCancel(r.ctx)
	r.cut = cut
	defer r.waits()()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.address(version), nil)
	if err != nil {
		return err
	}
	if etag != "" {
		req.Header.Set("If-Match", etag)
	}
	if r.at > 0 || r.end > 0 {
		last := ""
		if r.end > 0 {
			last = strconv.FormatInt(r.end-1, 10)
		}
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-%s", r.at, last))
	}
	req.Header.Set("X-Amz-Content-Sha256", empty)
	credentials, err := r.AWS.Credentials.Retrieve(ctx)
	if err != nil {
		return err
	}
	if err := r.signer.SignHTTP(ctx, credentials, req, empty, "s3", r.AWS.Region, time.Now()); err != nil {
		return err
	}
	res, err := r.HTTP.Do(req)
	if u, ok := errors.AsType[*url.Error](err); ok {
		return fmt.Errorf("bucket: %w", u.Err) // its address names the file, which may be called by an account
	}
	if err != nil {
		return err
	}
	switch res.StatusCode {
	case http.StatusOK, http.StatusPartialContent:
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusPreconditionFailed: // the second is of a version that is a deletion
		_ = res.Body.Close()
		return bucket.ErrNotFound
	default:
		_ = res.Body.Close()
		return fmt.Errorf("bucket: %s", res.Status)
	}
	r.body, r.size = res.Body, res.ContentLength
	if _, whole, ok := strings.Cut(res.Header.Get("Content-Range"), "/"); ok {
		if r.size, err = strconv.ParseInt(whole, 10, 64); err != nil {
			_ = res.Body.Close()
			return errors.New("bucket: a range of nothing that is known")
		}
	}
	if r.end == 0 {
		r.end = r.size
	}
	r.version = res.Header.Get("X-Amz-Version-Id") + " " + res.Header.Get("ETag")
	return nil
}

// address is where the object is.
func (r *reader) address(version string) string {
	base := "https://" + r.Name + ".s3." + r.AWS.Region + ".amazonaws.com/"
	if r.endpoint != "" {
		base = strings.TrimSuffix(r.endpoint, "/") + "/" + r.Name + "/"
	}
	parts := strings.Split(r.key, "/")
	for i, p := range parts {
		parts[i] = strings.ReplaceAll(url.QueryEscape(p), "+", "%20")
	}
	base += strings.Join(parts, "/")
	if version != "" && version != "null" {
		base += "?versionId=" + url.QueryEscape(version)
	}
	return base
}

// Read is for io.Reader.
func (r *reader) Read(p []byte) (int, error) {
	came := r.waits()
	n, err := r.body.Read(p)
	came()
	if n > 0 {
		r.at, r.tries = r.at+int64(n), 0
	}
	switch {
	case err == nil:
		return n, nil
	case r.at >= r.end:
		return n, io.EOF
	}
	if r.tries++; r.tries > retries || r.ctx.Err() != nil {
		return n, fmt.Errorf("bucket: an object ended early: %w", err)
	}
	_ = r.Close()
	return n, r.get()
}

// Close is for io.Closer.
func (r *reader) Close() error {
	err := r.body.Close()
	r.cut()
	return err
}

// Puts are the objects of which a message of S3 to a queue tells that they were put
// there; not ok if it is none of S3's.
func (b *Bucket) Puts(body []byte) (puts []bucket.Put, ok bool) {
	var m struct {
		Event   string
		Records []struct {
			EventSource string `json:"eventSource"`
			EventName   string `json:"eventName"`
			S3          struct {
				Bucket struct {
					Name string `json:"name"`
				} `json:"bucket"`
				Object struct {
					Key       string `json:"key"`
					VersionID string `json:"versionId"`
				} `json:"object"`
			} `json:"s3"`
		}
	}
	if json.Unmarshal(body, &m) != nil || m.Event == "" && len(m.Records) == 0 {
		return nil, false
	}
	for _, r := range m.Records {
		if r.EventSource != "aws:s3" || r.S3.Bucket.Name != b.Name || !strings.HasPrefix(r.EventName, "ObjectCreated:") {
			continue // s3:TestEvent has none at all
		}
		key, err := url.QueryUnescape(r.S3.Object.Key) // as in a form: + is a blank
		if err != nil {
			continue
		}
		puts = append(puts, bucket.Put{Key: key, Version: r.S3.Object.VersionID})
	}
	return puts, true
}
