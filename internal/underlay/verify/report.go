package verify

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/nested-config/nested-config/internal/columns"
	"github.com/nested-config/nested-config/internal/printable"
)

// Table writes the results for people: a row each, and the failures once more
// with their likely causes.
func Table(w io.Writer, results []Result) error {
	rows := [][]string{{"CLUSTER", "SERVICE", "ADDRESS", "PROTOCOL", "RESULT", "SEEN", "LATENCY"}}
	for _, r := range results {
		result, latency, seen := "ok", r.Latency.Round(100*time.Microsecond).String(), r.Seen
		if !r.OK {
			result, latency, seen = "FAILED", "-", r.Problem
		}
		rows = append(rows, []string{printable.Text(r.Cluster), printable.Text(r.Name), printable.Text(r.address()), string(r.Protocol), result, printable.Text(seen), latency})
	}
	var b strings.Builder
	b.WriteString(columns.Align(rows))
	for _, r := range results {
		if !r.OK {
			fmt.Fprintf(&b, "\n%s %s: %s\n  likely: %s\n", printable.Text(r.Name), printable.Text(r.address()), printable.Text(r.Problem), printable.Text(r.Cause))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (t Target) address() string { return net.JoinHostPort(t.Host, strconv.Itoa(t.Port)) }

// MarshalJSON gives a result for programs.
func (r Result) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Cluster  string  `json:"cluster"`
		Name     string  `json:"name"`
		Address  string  `json:"address"`
		Fabric   string  `json:"fabric,omitempty"`
		Protocol string  `json:"protocol"`
		TLS      bool    `json:"tls"`
		OK       bool    `json:"ok"`
		MS       float64 `json:"latencyMilliseconds"`
		Seen     string  `json:"seen,omitempty"`
		Problem  string  `json:"problem,omitempty"`
		Cause    string  `json:"cause,omitempty"`
	}{r.Cluster, r.Name, r.address(), r.Fabric, string(r.Protocol), r.TLS, r.OK,
		float64(r.Latency.Microseconds()) / 1000, r.Seen, r.Problem, r.Cause})
}
