package verify_test

import (
	"context"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/nested-config/nested-config/internal/underlay/verify"
)

// says is a connection to a peer that says a text whatever it hears, and then
// closes; what is read of it is counted.
type says struct {
	net.Conn
	text    string
	endless bool
	read    *int
}

func (c *says) Read(p []byte) (int, error) {
	if len(c.text) == 0 {
		if !c.endless {
			return 0, net.ErrClosed
		}
		c.text = strings.Repeat("x", 4096)
	}
	n := copy(p, c.text)
	c.text = c.text[n:]
	*c.read += n
	return n, nil
}
func (c *says) Write(p []byte) (int, error)      { return len(p), nil }
func (c *says) Close() error                     { return nil }
func (c *says) SetDeadline(time.Time) error      { return nil }
func (c *says) SetReadDeadline(time.Time) error  { return nil }
func (c *says) SetWriteDeadline(time.Time) error { return nil }

var protocols = []verify.Protocol{verify.ConfigAPI, verify.Keystone, verify.AMQP, verify.Thrift, verify.Agent, verify.TCP}

func probe(t *testing.T, p verify.Protocol, text string, endless bool) (verify.Result, int) {
	t.Helper()
	read := 0
	r := verify.Probe(t.Context(), []verify.Target{{Host: "10.10.10.1", Port: 80, Protocol: p, Path: "/v3"}}, verify.Options{
		Timeout: 5 * time.Second, Parallel: 1,
		Dial: func(context.Context, string, string) (net.Conn, error) {
			return &says{text: text, endless: endless, read: &read}, nil
		}})[0]
	return r, read
}

// TestEndlessAnswers: a peer that never ends is read to a bound.
func TestEndlessAnswers(t *testing.T) {
	for _, p := range protocols {
		for _, head := range []string{"", "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 ", "HTTP/1.1 200 OK\r\nX: ", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n", "\x00\x00\x04\x00", "\x01\x00\x00\x00\x00\x00\x00\x00"} {
			r, read := probe(t, p, head, true)
			if read > 1<<20+4096 || len(r.Seen)+len(r.Problem) > 2000 {
				t.Errorf("%s after %q: %d bytes are read, %d shown", p, head, read, len(r.Seen)+len(r.Problem))
			}
		}
	}
}

// FuzzGreet takes any answer in any protocol: no panic, and one printable line.
func FuzzGreet(f *testing.F) {
	for i := range protocols {
		for _, text := range []string{"", "AMQP\x00\x00\x09\x01", "\x01\x00\x00\x00\x00\x00\x00\x00\x0a\x00\x0a", "HTTP/1.1 200 OK\x1b[2J\r\n\r\n{\"href\":\"x\",\"links\":[null]}",
			"HTTP/1.1 300 \r\n\r\n{\"versions\":{\"values\":[{\"id\":\"v3\\n\\u202e\"}]}}", "\x00\x00\x00\x30\x80\x01\x00\x02\x00\x00\x00\x10describe_version\x00\x00\x00\x01\x0b\x00\x00\xff\xff\xff\xff19.39.0\x00\x00\x00\x00\x00\x00\x00"} {
			f.Add(byte(i), text)
		}
	}
	f.Fuzz(func(t *testing.T, kind byte, text string) {
		p := protocols[int(kind)%len(protocols)]
		r, _ := probe(t, p, text, false)
		for _, shown := range []string{r.Seen, r.Problem, r.Cause} {
			if strings.ContainsFunc(shown, func(c rune) bool { return !unicode.IsPrint(c) }) || len(shown) > 2000 {
				t.Errorf("%s %s: shows %s", p, strconv.Quote(text), strconv.Quote(shown))
			}
		}
	})
}
