package configapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/nested-config/nested-config/internal/printable"
)

// The types of object that this package is used for, spelled as in the API.
const (
	GlobalVRouterConfig = "global-vrouter-config"
	VirtualNetwork      = "virtual-network"
)

// Ref names an object of the server.
type Ref struct{ Type, UUID string }

func (r Ref) path() string { return "/" + r.Type + "/" + url.PathEscape(r.UUID) }

// Object is an object as it was read.
type Object struct {
	Ref
	ETag       string                     // empty when the server sends none
	Properties map[string]json.RawMessage // those that were asked for, exactly as sent
}

// Find looks an object up by its fully qualified name. There may be several
// objects of a type, so the name is the only safe choice. The error is
// ErrNotFound when there is none.
func (c *Client) Find(ctx context.Context, kind string, fqName ...string) (Ref, error) {
	body, err := json.Marshal(map[string]any{"type": kind, "fq_name": fqName})
	if err != nil {
		return Ref{}, err
	}
	const path = "/fqname-to-id"
	a, err := c.call(ctx, safe, http.MethodPost, path, nil, body, http.StatusOK)
	if err != nil {
		return Ref{}, err
	}
	var found struct {
		UUID string `json:"uuid"`
	}
	if err := a.decode(c, http.MethodPost, path, &found); err != nil {
		return Ref{}, err
	}
	if found.UUID == "" {
		return Ref{}, c.noAnswer(http.MethodPost, path, "the answer has no uuid for "+printable.Text(strings.Join(fqName, ":")), nil)
	}
	return Ref{kind, found.UUID}, nil
}

// Get reads an object. With the ETag of an earlier read, changed is false and
// the Object empty when nobody has written to it since.
func (c *Client) Get(ctx context.Context, r Ref, etag string, fields ...string) (o Object, changed bool, err error) {
	path := r.path()
	if len(fields) > 0 {
		path += "?fields=" + strings.Join(fields, ",")
	}
	header := http.Header{}
	if etag != "" {
		header.Set("If-None-Match", etag)
	}
	a, err := c.call(ctx, safe, http.MethodGet, path, header, nil, http.StatusOK, http.StatusNotModified)
	if err != nil || a.status == http.StatusNotModified {
		return Object{}, false, err
	}
	found, err := properties(a.body, r.Type, fields)
	switch {
	case errors.Is(err, errNoObject):
		return Object{}, false, c.noAnswer(http.MethodGet, path, "", err)
	case err != nil:
		return Object{}, false, c.noAnswer(http.MethodGet, path, notJSON, err)
	}
	return Object{r, a.etag, found}, true, nil
}

// Body is what Put sends.
func Body(r Ref, properties map[string]json.RawMessage) ([]byte, error) {
	return encode(map[string]any{r.Type: properties})
}

// Put replaces the properties in body (see Body), and leaves the others alone.
// It is sent once, to the server in use.
func (c *Client) Put(ctx context.Context, r Ref, body []byte) error {
	_, err := c.call(ctx, unsafe, http.MethodPut, r.path(), nil, body, http.StatusOK)
	return err
}

// SetAnnotation stores one annotation and leaves the others alone.
func (c *Client) SetAnnotation(ctx context.Context, r Ref, key, value string) error {
	return c.update(ctx, r, map[string]any{"field": "annotations", "operation": "set",
		"value": map[string]string{"key": key, "value": value}, "position": key})
}

// DeleteAnnotation removes one annotation and leaves the others alone.
func (c *Client) DeleteAnnotation(ctx context.Context, r Ref, key string) error {
	return c.update(ctx, r, map[string]any{"field": "annotations", "operation": "delete", "position": key})
}

func (c *Client) update(ctx context.Context, r Ref, u map[string]any) error {
	body, err := encode(map[string]any{"uuid": r.UUID, "updates": []any{u}})
	if err != nil {
		return err
	}
	_, err = c.call(ctx, unsafe, http.MethodPost, "/prop-collection-update", nil, body, http.StatusOK)
	return err
}

// encode leaves raw values as they are: <, > and & are not escaped.
func encode(v any) ([]byte, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return []byte(strings.TrimSuffix(b.String(), "\n")), nil
}
