package verify

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
)

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
		return nil, nil, failure{reading, errors.New("the answer is not HTTP")}
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
		return "", failure{reading, fmt.Errorf("answers %s, but not as a config API", resp.Status)}
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
		return "", failure{reading, fmt.Errorf("answers %s to GET %s, but not as a Keystone", resp.Status, t.Path)}
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
