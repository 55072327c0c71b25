package s3_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"kozamori/internal/bucket"
	"kozamori/internal/bucket/s3"
	"kozamori/internal/queue"
	"kozamori/internal/queue/sqs"
	"kozamori/internal/testkit/emulator"
)

// at is another address of S3.
type at string

func (a at) GetServiceBaseEndpoint(context.Context, string) (string, bool, error) {
	return string(a), true, nil
}

// platform is a bucket of moto's, with versions.
type platform struct {
	t          *testing.T
	url        string
	aws        aws.Config
	bucketName string
}

func newPlatform(t *testing.T) *platform {
	t.Helper()
	p := &platform{t: t, url: emulator.Moto(t), aws: emulator.AWS(t), bucketName: "kozamori-files"}
	p.aws.ConfigSources = []any{at(p.url)}
	p.ask(http.MethodPut, "", "<CreateBucketConfiguration><LocationConstraint>"+emulator.Region+"</LocationConstraint></CreateBucketConfiguration>")
	p.ask(http.MethodPut, "?versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>")
	return p
}

// ask asks S3 as an operator, or as a bank.
func (p *platform) ask(method, at, body string) http.Header {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.url+"/"+p.bucketName+at, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=bank/20261130/"+emulator.Region+"/s3/aws4_request, SignedHeaders=host, Signature=x")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if b, _ := io.ReadAll(res.Body); res.StatusCode >= 300 {
		p.t.Fatalf("%s %s: %s %s", method, at, res.Status, b)
	}
	return res.Header
}

func (p *platform) put(key, body string) {
	p.t.Helper()
	p.ask(http.MethodPut, "/"+(&url.URL{Path: key}).EscapedPath(), body)
}

func whole(t *testing.T, b *s3.Bucket, key, version string, from, to int64) (string, bucket.Object) {
	t.Helper()
	r, is, err := b.Open(t.Context(), key, version, from, to)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	body, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(body), is
}

func TestAnObjectIsReadAsItWasOpenedFirst(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	b := s3.Open(p.aws, p.bucketName)
	for _, key := range []string{"0125/a.jsonl", "0125/夜 1+1=2 (あ)&?#%41~.csv"} {
		p.put(key, "0123456789")
		got, is := whole(t, b, key, "", 0, 0)
		if got != "0123456789" || is.Size != 10 || strings.HasPrefix(is.Version, " ") {
			t.Errorf("%s: %q %+v", key, got, is)
		}
		p.put(key, "another one")
		for _, c := range []struct {
			from, to int64
			want     string
		}{{0, 0, "0123456789"}, {3, 0, "3456789"}, {3, 5, "34"}, {0, 10, "0123456789"}} {
			if got, as := whole(t, b, key, is.Version, c.from, c.to); got != c.want || as != is {
				t.Errorf("%s from %d to %d: %q %+v, want %q %+v", key, c.from, c.to, got, as, c.want, is)
			}
		}
		if got, _ := whole(t, b, key, "", 0, 0); got != "another one" {
			t.Errorf("the latest is %q", got)
		}
	}
	p.put("0125/empty", "")
	if got, is := whole(t, b, "0125/empty", "", 0, 0); got != "" || is.Size != 0 {
		t.Errorf("%q %+v", got, is)
	}
	p.ask(http.MethodDelete, "/0125/empty", "")
	for _, c := range []struct{ key, version string }{{"0125/none", ""}, {"0125/empty", ""}} {
		if _, _, err := b.Open(t.Context(), c.key, c.version, 0, 0); !errors.Is(err, bucket.ErrNotFound) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// Where versions are not kept, the ETag tells that an object is another one.
func TestAnObjectThatWasReplacedIsNotThereAnyMore(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	p.bucketName = "kozamori-plain"
	p.ask(http.MethodPut, "", "<CreateBucketConfiguration><LocationConstraint>"+emulator.Region+"</LocationConstraint></CreateBucketConfiguration>")
	b := s3.Open(p.aws, p.bucketName)
	p.put("0125/a", "one")
	_, is := whole(t, b, "0125/a", "", 0, 0)
	p.put("0125/a", "two")
	if _, _, err := b.Open(t.Context(), "0125/a", is.Version, 0, 0); !errors.Is(err, bucket.ErrNotFound) {
		t.Error(err)
	}
}

// What S3 writes into a queue of what was put there.
func TestWhatS3TellsOfObjectsIsRead(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	b := s3.Open(p.aws, p.bucketName)
	queues, err := sqs.Create(t.Context(), sqs.Config{AWS: p.aws, Endpoint: p.url}, "told-", time.Minute, 100)
	if err != nil {
		t.Fatal(err)
	}
	q := sqs.New(sqs.Config{AWS: p.aws, Endpoint: p.url, Queues: queues})
	p.ask(http.MethodPut, "?notification", fmt.Sprintf(`<NotificationConfiguration><QueueConfiguration><Id>files</Id><Queue>arn:aws:sqs:%s:123456789012:told-files</Queue><Event>s3:ObjectCreated:*</Event><Filter><S3Key><FilterRule><Name>suffix</Name><Value>.manifest.json</Value></FilterRule></S3Key></Filter></QueueConfiguration></NotificationConfiguration>`, emulator.Region))
	p.put("0125/夜 1+1.jsonl", "x")
	p.put("0125/夜 1+1.jsonl.manifest.json", "{}")
	var keys []string
	for range 20 {
		ms, err := q.Receive(t.Context(), queue.Files, 10, time.Second)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range ms {
			puts, ok := b.Puts(m.Body)
			if !ok {
				t.Errorf("%s is not known", m.Body)
			}
			for _, put := range puts {
				keys = append(keys, put.Key)
				if got, _ := whole(t, b, put.Key, put.Version, 0, 0); got != "{}" {
					t.Errorf("%+v is %q", put, got)
				}
			}
		}
		if len(keys) > 0 {
			break
		}
	}
	if len(keys) != 1 || keys[0] != "0125/夜 1+1.jsonl.manifest.json" {
		t.Errorf("%q", keys)
	}
}

func TestOnlyWhatIsOfTheBucketIsTaken(t *testing.T) {
	t.Parallel()
	b := s3.New(s3.Config{Name: "ours"})
	record := func(source, name, bucket string) string {
		return fmt.Sprintf(`{"Records":[{"eventSource":%q,"eventName":%q,"s3":{"bucket":{"name":%q},"object":{"key":"0125/a+b%%2Bc","size":1,"versionId":"v1"}}}]}`, source, name, bucket)
	}
	for _, c := range []struct {
		body string
		puts int
		ok   bool
	}{{record("aws:s3", "ObjectCreated:Put", "ours"), 1, true}, {record("aws:s3", "ObjectCreated:CompleteMultipartUpload", "ours"), 1, true}, {record("aws:s3", "ObjectRemoved:Delete", "ours"), 0, true},
		{record("aws:s3", "ObjectCreated:Put", "theirs"), 0, true}, {record("aws:ses", "ObjectCreated:Put", "ours"), 0, true},
		{`{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"ours"}`, 0, true}, {`{"file":"file_1","of":"0125","part":1}`, 0, false}, {"x", 0, false}} {
		puts, ok := b.Puts([]byte(c.body))
		if len(puts) != c.puts || ok != c.ok || c.puts > 0 && puts[0] != (bucket.Put{Key: "0125/a b+c", Version: "v1"}) {
			t.Errorf("%s: %+v %v", c.body, puts, ok)
		}
	}
}

// breaking is S3 whose connections end early.
type breaking struct {
	object []byte
	each   int // bytes that a connection brings
	calls  int
}

func (s *breaking) RoundTrip(r *http.Request) (*http.Response, error) {
	s.calls++
	from, to := 0, len(s.object)-1
	status := http.StatusOK
	if ask := r.Header.Get("Range"); ask != "" {
		status = http.StatusPartialContent
		if n, _ := fmt.Sscanf(ask, "bytes=%d-%d", &from, &to); n == 0 {
			return nil, errors.New(ask)
		}
	}
	h := http.Header{"Etag": {`"e"`}, "X-Amz-Version-Id": {"v"}, "Content-Range": {fmt.Sprintf("bytes %d-%d/%d", from, to, len(s.object))}}
	if status == http.StatusOK {
		h.Del("Content-Range")
	}
	part := s.object[from : to+1]
	return &http.Response{StatusCode: status, Header: h, ContentLength: int64(len(part)), Body: io.NopCloser(io.MultiReader(bytes.NewReader(part[:min(len(part), s.each)]), failing{}))}, nil
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestAReadGoesOnWhereItsConnectionEnded(t *testing.T) {
	t.Parallel()
	object := bytes.Repeat([]byte("0123456789"), 1000)
	for _, c := range []struct{ from, to int64 }{{0, 0}, {5, 0}, {5, 9000}} {
		s := &breaking{object: object, each: 700}
		b := s3.New(s3.Config{AWS: emulatorless(), Name: "ours", HTTP: &http.Client{Transport: s}})
		want := object[c.from:]
		if c.to > 0 {
			want = object[c.from:c.to]
		}
		if got, is := whole(t, b, "0125/a", "", c.from, c.to); got != string(want) || is.Size != int64(len(object)) || s.calls < 12 {
			t.Errorf("%+v: %d bytes in %d calls, of %d", c, len(got), s.calls, is.Size)
		}
	}
	s := &breaking{object: object}
	b := s3.New(s3.Config{AWS: emulatorless(), Name: "ours", HTTP: &http.Client{Transport: s}})
	r, _, err := b.Open(t.Context(), "0125/a", "", 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err == nil || len(got) > 0 || s.calls > 10 {
		t.Errorf("%d bytes, %v, in %d calls", len(got), err, s.calls)
	}
}

// silent is S3 of which nothing comes any more: no answer to the first calls, and then
// an object that stops in the middle of each connection.
type silent struct {
	breaking
	mute int
}

func (s *silent) RoundTrip(r *http.Request) (*http.Response, error) {
	if s.mute--; s.mute >= 0 {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	res, err := s.breaking.RoundTrip(r)
	if err == nil {
		res.Body = io.NopCloser(io.MultiReader(io.LimitReader(res.Body, int64(s.each)), stuck{r.Context()}))
	}
	return res, err
}

// stuck is a connection on which nothing comes.
type stuck struct{ context.Context }

func (s stuck) Read([]byte) (int, error) { <-s.Done(); return 0, s.Err() }

func TestWhatDoesNotComeIsNotWaitedForForEver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		object := bytes.Repeat([]byte("0123456789"), 300)
		s := &silent{breaking: breaking{object: object, each: 700}, mute: 1}
		b := s3.New(s3.Config{AWS: emulatorless(), Name: "ours", HTTP: &http.Client{Transport: s}})
		begin := time.Now()
		if _, _, err := b.Open(t.Context(), "0125/a", "", 0, 0); err == nil {
			t.Error("an object without an answer is open")
		}
		if got, _ := whole(t, b, "0125/a", "", 0, 0); got != string(object) {
			t.Errorf("%d bytes", len(got))
		}
		if took := time.Since(begin); took > 2*time.Minute {
			t.Errorf("it took %v", took)
		}
	})
}

func emulatorless() aws.Config {
	return aws.Config{Region: "ap-northeast-1", Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "a", SecretAccessKey: "b"}, nil
	})}
}

// What goes wrong on the way is logged, and a bank may call a file by an account.
func TestAFailedCallDoesNotNameTheFile(t *testing.T) {
	t.Parallel()
	down := errors.New("no route to host")
	config := aws.Config{Region: "ap-northeast-1", Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
	})}
	b := s3.New(s3.Config{AWS: config, Name: "files", HTTP: &http.Client{Transport: fails{down}}})
	_, _, err := b.Open(t.Context(), "0125/1234567.jsonl", "", 0, 0)
	if !errors.Is(err, down) || strings.Contains(err.Error(), "1234567") {
		t.Errorf("%v", err)
	}
}

type fails struct{ err error }

func (f fails) RoundTrip(*http.Request) (*http.Response, error) { return nil, f.err }
