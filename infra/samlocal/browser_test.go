package samlocal_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path"
	"regexp"

	"kozamori/internal/testkit/markuptest"
	"kozamori/internal/wording"
)

var link = regexp.MustCompile(`https://[^\s"<]+/(?:a|s|mail|join|key)/[^\s"<]+`)

// browser follows links as a person's browser does.
func (w *town) browser() *http.Client {
	c := w.Client()
	c.Jar, _ = cookiejar.New(nil)
	return c
}

// page opens an address and returns the page and where it is.
func page(c *http.Client, address string) (string, *url.URL, error) {
	res, err := c.Get(address)
	if err != nil {
		return "", nil, err
	}
	return read(res)
}

// submit sends a form.
func submit(c *http.Client, address string, form url.Values) (string, *url.URL, error) {
	res, err := c.PostForm(address, form)
	if err != nil {
		return "", nil, err
	}
	return read(res)
}

func read(res *http.Response) (string, *url.URL, error) {
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answers %d", path.Dir(res.Request.URL.Path), res.StatusCode)
	}
	return markuptest.Unmarked(string(body)), res.Request.URL, err
}

// upload sends one file by the form of the page that looks through statements.
func upload(c *http.Client, address, text string) (string, error) {
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	part, err := m.CreateFormFile(wording.FieldFiles, "a.csv")
	if err != nil {
		return "", err
	}
	_, err = io.WriteString(part, text)
	if err = errors.Join(err, m.WriteField("do", wording.DoLook), m.Close()); err != nil {
		return "", err
	}
	res, err := c.Post(address, m.FormDataContentType(), &body)
	if err != nil {
		return "", err
	}
	page, _, err := read(res)
	return page, err
}
