package samlocal_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path"
	"regexp"
)

var link = regexp.MustCompile(`https://[^\s"<]+/(?:a|s|mail)/[^\s"<]+`)

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
	return string(body), res.Request.URL, err
}
