package verify

import (
	"bufio"
	"cmp"
	"context"
	"crypto/tls"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

// stage is how far a greeting came; failures at different stages have
// different causes.
type stage int

const (
	connecting stage = iota
	securing
	greeting
	reading // an answer came, and is not what the protocol has
)

type failure struct {
	stage stage
	err   error
}

func (f failure) Error() string { return f.err.Error() }
func (f failure) Unwrap() error { return f.err }

func greet(ctx context.Context, t Target, o Options) (string, error) {
	conn, err := o.Dial(ctx, "tcp", net.JoinHostPort(t.Host, strconv.Itoa(t.Port)))
	if err != nil {
		return "", failure{connecting, err}
	}
	defer conn.Close()
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return "", failure{connecting, err}
		}
	}
	if t.TLS {
		config := &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}
		if o.TLS != nil {
			config = o.TLS.Clone()
		}
		config.ServerName = cmp.Or(t.ServerName, t.Host)
		secured := tls.Client(conn, config)
		if err := secured.HandshakeContext(ctx); err != nil {
			return "", failure{securing, err}
		}
		conn = secured
	}
	return greetings[t.Protocol](conn, t)
}

var greetings = map[Protocol]func(net.Conn, Target) (string, error){
	ConfigAPI: greetConfigAPI, Keystone: greetKeystone, AMQP: greetAMQP, Thrift: greetThrift, Agent: greetAgent, TCP: greetTCP,
}

// maxAnswer bounds what is read of an answer, in bytes.
const maxAnswer = 1 << 20

func get(conn net.Conn, t Target) (*http.Response, []byte, error) {
	host := net.JoinHostPort(cmp.Or(t.ServerName, t.Host), strconv.Itoa(t.Port))
	if _, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nAccept: application/json\r\nConnection: close\r\n\r\n", cmp.Or(t.Path, "/"), host); err != nil {
		return nil, nil, failure{greeting, err}
	}
	resp, err := http.ReadResponse(bufio.NewReader(io.LimitReader(conn, maxAnswer)), nil)
	if err != nil {
		var network net.Error
		if errors.As(err, &network) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
			return nil, nil, failure{greeting, err}
		}
		return nil, nil, failure{reading, errors.New("the answer is no HTTP")}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, nil, failure{greeting, err}
	}
	return resp, body, nil
}

func greetConfigAPI(conn net.Conn, t Target) (string, error) {
	resp, body, err := get(conn, t)
	if err != nil {
		return "", err
	}
	var root struct {
		Href  string            `json:"href"`
		Links []json.RawMessage `json:"links"`
	}
	if resp.StatusCode != http.StatusOK || json.Unmarshal(body, &root) != nil || root.Href == "" {
		return "", failure{reading, fmt.Errorf("answers %s, and not as a config API", resp.Status)}
	}
	return fmt.Sprintf("%d links", len(root.Links)), nil
}

func greetKeystone(conn net.Conn, t Target) (string, error) {
	resp, body, err := get(conn, t)
	if err != nil {
		return "", err
	}
	type version struct {
		ID string `json:"id"`
	}
	var answer struct {
		Version  version `json:"version"`
		Versions struct {
			Values []version `json:"values"`
		} `json:"versions"`
	}
	ids := []string{}
	if json.Unmarshal(body, &answer) == nil {
		for _, v := range append(answer.Versions.Values, answer.Version) {
			if v.ID != "" {
				ids = append(ids, v.ID)
			}
		}
	}
	if len(ids) == 0 {
		return "", failure{reading, fmt.Errorf("answers %s to GET %s, and not as a Keystone", resp.Status, t.Path)}
	}
	return strings.Join(ids, ", "), nil
}

func greetAgent(conn net.Conn, t Target) (string, error) {
	resp, _, err := get(conn, t)
	if err != nil {
		return "", err
	}
	// The agent has no page that is the same in all releases.
	return "HTTP " + resp.Status, nil
}

// greetAMQP offers AMQP 0-9-1. The server answers with a method frame,
// Connection.Start (class 10, method 10), or with the version that it prefers.
func greetAMQP(conn net.Conn, _ Target) (string, error) {
	if _, err := conn.Write([]byte("AMQP\x00\x00\x09\x01")); err != nil {
		return "", failure{greeting, err}
	}
	var head [8]byte
	if _, err := io.ReadFull(conn, head[:]); err != nil {
		return "", failure{greeting, err}
	}
	if string(head[:4]) == "AMQP" {
		return "", failure{reading, fmt.Errorf("wants AMQP %d.%d.%d, and kube-manager speaks 0.9.1", head[5], head[6], head[7])}
	}
	var method [3]byte
	if head[0] != 1 {
		return "", failure{reading, errors.New("the answer is no AMQP")}
	}
	if _, err := io.ReadFull(conn, method[:]); err != nil {
		return "", failure{greeting, err}
	}
	if head[7] != 0 || method != [3]byte{10, 0, 10} {
		return "", failure{reading, errors.New("the answer is no AMQP")}
	}
	return "0-9-1", nil
}

// greetThrift calls describe_version of Cassandra, in a frame and the strict
// binary protocol, as kube-manager's client speaks.
func greetThrift(conn net.Conn, _ Target) (string, error) {
	const call = "describe_version"
	message := binary.BigEndian.AppendUint32(nil, 0x80010001)
	message = binary.BigEndian.AppendUint32(message, uint32(len(call)))
	message = append(message, call...)
	message = append(message, 0, 0, 0, 1, 0) // sequence number, and no arguments
	if _, err := conn.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(message))), message...)); err != nil {
		return "", failure{greeting, err}
	}
	var length [4]byte
	if _, err := io.ReadFull(conn, length[:]); err != nil {
		return "", failure{greeting, err}
	}
	n := binary.BigEndian.Uint32(length[:])
	if n < 12 || n > 1024 {
		return "", failure{reading, errors.New("the answer is no Thrift frame")}
	}
	answer := make([]byte, n)
	if _, err := io.ReadFull(conn, answer); err != nil {
		return "", failure{greeting, err}
	}
	if binary.BigEndian.Uint32(answer)>>16 != 0x8001 {
		return "", failure{reading, errors.New("the answer is no Thrift message")}
	}
	// The result is field 0, a string, behind the name of the call and the number.
	const field = 4 + 4 + len(call) + 4
	if len(answer) > field+7 && answer[field] == 11 {
		if size := binary.BigEndian.Uint32(answer[field+3:]); int(size) <= len(answer)-field-7 {
			return strconv.Quote(string(answer[field+7 : field+7+int(size)])), nil
		}
	}
	return "", nil
}

// greetTCP has nothing to say, and listens for a moment whether the connection
// is closed again.
func greetTCP(conn net.Conn, _ Target) (string, error) {
	const moment = 200 * time.Millisecond
	if err := conn.SetReadDeadline(time.Now().Add(moment)); err != nil {
		return "", failure{greeting, err}
	}
	if _, err := conn.Read(make([]byte, 1)); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		return "", failure{greeting, err}
	}
	return "connected", nil
}
