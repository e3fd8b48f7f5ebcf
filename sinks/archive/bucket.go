package archive

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"tidemark/sinks"
)

// bucket is a Store in an S3-compatible service. A single PUT is atomic there.
type bucket struct {
	client       *minio.Client
	name, prefix string // prefix is empty or ends with a slash
	at           string
}

func openBucket(u *url.URL) (Store, error) {
	q := u.Query()
	if err := known(q); err != nil {
		return nil, err
	}
	host, secure, err := endpoint(q)
	if err != nil {
		return nil, err
	}
	id, secret, token, err := secrets()
	if err != nil {
		return nil, err
	}
	client, err := minio.New(host, &minio.Options{
		Creds: credentials.NewStaticV4(id, secret, token), Secure: secure, Region: q.Get("region"), MaxRetries: 3,
	})
	if err != nil {
		return nil, err
	}
	b := &bucket{client: client, name: u.Host, prefix: strings.Trim(u.Path, "/"), at: "s3://" + path.Join(u.Host, u.Path) + " at " + host}
	if b.prefix != "" {
		b.prefix += "/"
	}
	return b, nil
}

// String says where the bucket is.
func (b *bucket) String() string { return b.at }

// Put sends the object in one request, with a checksum that the service compares.
func (b *bucket) Put(ctx context.Context, name string, data []byte) error {
	_, err := b.client.PutObject(ctx, b.name, b.prefix+name, bytes.NewReader(data), int64(len(data)),
		minio.PutObjectOptions{DisableMultipart: true, SendContentMd5: true, ContentType: "application/octet-stream"})
	return b.failed("write "+name, err)
}

// Get reads a whole object.
func (b *bucket) Get(ctx context.Context, name string) ([]byte, error) {
	object, err := b.client.GetObject(ctx, b.name, b.prefix+name, minio.GetObjectOptions{})
	if err != nil {
		return nil, b.failed("read "+name, err)
	}
	defer object.Close()
	data, err := io.ReadAll(object)
	return data, b.failed("read "+name, err)
}

// Has asks for the object's head.
func (b *bucket) Has(ctx context.Context, name string) (bool, error) {
	_, err := b.client.StatObject(ctx, b.name, b.prefix+name, minio.StatObjectOptions{})
	if minio.ToErrorResponse(err).Code == minio.NoSuchKey {
		return false, nil
	}
	return err == nil, b.failed("look for "+name, err)
}

// List asks for the names page by page.
func (b *bucket) List(ctx context.Context, prefix string, yield func(string, int64) error) error {
	for o := range b.client.ListObjectsIter(ctx, b.name, minio.ListObjectsOptions{Prefix: b.prefix + prefix, Recursive: true}) {
		if o.Err != nil {
			return b.failed("list "+prefix, o.Err)
		}
		if err := yield(strings.TrimPrefix(o.Key, b.prefix), o.Size); err != nil {
			return err
		}
	}
	return nil
}

// failed gives an error its class: what the service refuses for good is permanent; time-outs, 5xx and what never reached
// it may be repeated. A cancelled ctx is the caller's doing.
func (b *bucket) failed(what string, err error) error {
	if err == nil {
		return nil
	}
	what = "archive in " + b.at + ": " + what
	if errors.Is(err, context.Canceled) {
		return sinks.Failed(what, err)
	}
	answer := minio.ToErrorResponse(err)
	switch {
	case answer.Code == minio.NoSuchKey:
		return sinks.Refused(what, ErrAbsent)
	case answer.Code == "RequestTimeTooSkewed" || answer.StatusCode == http.StatusRequestTimeout || answer.StatusCode == http.StatusTooManyRequests:
		return sinks.Failed(what, err)
	case answer.StatusCode >= 400 && answer.StatusCode < 500:
		return sinks.Refused(what, err)
	}
	return sinks.Failed(what, err)
}
