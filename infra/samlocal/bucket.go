package samlocal

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"kozamori/internal/testkit/emulator"
)

// bucketOf is the bucket that a request of S3 is about; empty if it is none of S3's.
func bucketOf(r *http.Request) string {
	if !strings.Contains(r.Header.Get("Authorization"), "/s3/aws4_request") {
		return ""
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	return name
}

// readsObject is a call that reads an object. Another one is allowed to no role.
func readsObject(r *http.Request, of string) call {
	_, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	c := call{service: "s3", operation: "GetObject"}
	action := "s3:GetObject"
	switch {
	case r.Method != http.MethodGet || key == "":
		action = "s3:" + r.Method
	case r.URL.Query().Get("versionId") != "":
		action = "s3:GetObjectVersion"
	}
	c.needs = []request{{action, arn + "s3:::" + of + "/" + key, nil}}
	return c
}

// missing answers as S3 does: that there is no such object it tells those alone who may
// list the bucket.
type missing struct {
	http.ResponseWriter
	may   func() bool
	lacks func()
}

// WriteHeader is for http.ResponseWriter.
func (m *missing) WriteHeader(status int) {
	if status == http.StatusNotFound && !m.may() {
		m.lacks()
		status = http.StatusForbidden
	}
	m.ResponseWriter.WriteHeader(status)
}

// bucketSettings are those of a bucket that is known here: private, with versions, and
// telling queues of what is put there.
type bucketSettings struct {
	PublicAccessBlockConfiguration struct{ BlockPublicAcls, BlockPublicPolicy, IgnorePublicAcls, RestrictPublicBuckets bool }
	OwnershipControls              struct {
		Rules []struct{ ObjectOwnership string }
	}
	BucketEncryption struct {
		ServerSideEncryptionConfiguration []struct {
			ServerSideEncryptionByDefault struct{ SSEAlgorithm string }
		}
	}
	VersioningConfiguration   struct{ Status string }
	LifecycleConfiguration    struct{ Rules []map[string]any }
	NotificationConfiguration struct {
		QueueConfigurations []struct {
			Event, Queue string
			Filter       struct {
				S3Key struct {
					Rules []struct{ Name, Value string }
				}
			}
		}
	}
}

func (s *Stack) buckets(ctx context.Context) error {
	return s.each("AWS::S3::Bucket", func(_, name string, p map[string]any) error {
		var in bucketSettings
		if err := into(p, &in); err != nil {
			return err
		}
		private := in.PublicAccessBlockConfiguration
		switch {
		case !private.BlockPublicAcls || !private.BlockPublicPolicy || !private.IgnorePublicAcls || !private.RestrictPublicBuckets:
			return errors.New("the bucket could be made public")
		case in.VersioningConfiguration.Status != "Enabled":
			return errors.New("the bucket keeps no version of what is replaced while it is read")
		}
		if err := s.s3(ctx, name, "", "<CreateBucketConfiguration><LocationConstraint>"+emulator.Region+"</LocationConstraint></CreateBucketConfiguration>"); err != nil {
			return err
		}
		if err := s.s3(ctx, name, "?versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"); err != nil {
			return err
		}
		var b strings.Builder
		for i, q := range in.NotificationConfiguration.QueueConfigurations {
			if !s.maySend("s3.amazonaws.com", arn+"s3:::"+name, q.Queue) {
				return errors.New("the bucket may not tell its queue: no queue policy allows it")
			}
			var rules strings.Builder
			for _, r := range q.Filter.S3Key.Rules {
				_, _ = fmt.Fprintf(&rules, "<FilterRule><Name>%s</Name><Value>%s</Value></FilterRule>", r.Name, r.Value)
			}
			_, _ = fmt.Fprintf(&b, "<QueueConfiguration><Id>n%d</Id><Queue>%s</Queue><Event>%s</Event><Filter><S3Key>%s</S3Key></Filter></QueueConfiguration>", i, q.Queue, q.Event, rules.String())
		}
		return s.s3(ctx, name, "?notification", "<NotificationConfiguration>"+b.String()+"</NotificationConfiguration>")
	})
}

// s3 puts something to S3 as the operator: an object, or a setting.
func (s *Stack) s3(ctx context.Context, bucket, at, body string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, s.moto+"/"+bucket+at, strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("X-Amz-Date", time.Now().UTC().Format("20060102T150405Z"))
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=operator/20260101/"+emulator.Region+"/s3/aws4_request, SignedHeaders=host, Signature=0")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode >= 300 {
		var e struct{ Code string }
		raw, _ := io.ReadAll(res.Body)
		_ = xml.Unmarshal(raw, &e)
		return fmt.Errorf("S3 answers %s with %s %s", at, res.Status, e.Code)
	}
	return nil
}

// Put puts an object into the bucket of a logical name, as somebody who may.
func (s *Stack) Put(ctx context.Context, logical, key, body string) error {
	name, _, err := s.resolver.identity(logical)
	if err != nil {
		return err
	}
	return s.s3(ctx, name, "/"+(&url.URL{Path: key}).EscapedPath(), body)
}
