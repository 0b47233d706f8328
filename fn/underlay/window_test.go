package underlay_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/fn/underlay"
	"github.com/nested-config/nested-config/internal/underlay/apitest"
	"github.com/nested-config/nested-config/internal/underlay/guard"
)

// BenchmarkWindow measures the window of a lost update on a real connection: as
// the server sees it, from answering the conditional GET to carrying out the PUT,
// and as Report.Window bounds it. The round trip is that of the way there alone:
// the server waits before it looks at a request.
func BenchmarkWindow(b *testing.B) {
	for _, entries := range []int{10, 4500} {
		for _, way := range []time.Duration{0, 10 * time.Millisecond} {
			b.Run(fmt.Sprintf("entries=%d/rtt=%v", entries, way), func(b *testing.B) { benchmarkWindow(b, entries, way) })
		}
	}
}

func benchmarkWindow(b *testing.B, entries int, way time.Duration) {
	api := apitest.New()
	setList(api, slices.Repeat([]string{metadata172}, entries)...)
	var mu sync.Mutex
	var checked time.Time
	var server []time.Duration
	api.Rival = func(_ int, answered bool, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if answered && r.Header.Get("If-None-Match") != "" {
			checked = time.Now()
		}
	}
	api.Stored = func(int, string, string, json.RawMessage, json.RawMessage) {
		mu.Lock()
		defer mu.Unlock()
		server = append(server, time.Since(checked))
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(way)
		api.ServeHTTP(w, r)
	}))
	defer s.Close()
	transport := guard.Transport(nil, nil, time.Minute)
	defer transport.CloseIdleConnections()
	c, err := underlay.NewClient(underlay.ClientOptions{URLs: []string{s.URL}, Transport: transport, Timeout: time.Minute})
	if err != nil {
		b.Fatal(err)
	}
	var bound []time.Duration
	for i := 0; b.Loop(); i++ {
		want := []underlay.Cluster{{Name: "k8s", Services: []linklocal.Service{service("Contrail Config", 1, 8082, 100+i%100)}}}
		report, err := underlay.Apply(b.Context(), c, want, quick)
		if err != nil {
			b.Fatal(err)
		}
		bound = append(bound, report.Window)
	}
	slices.Sort(server)
	slices.Sort(bound)
	b.ReportMetric(float64(server[len(server)/2].Microseconds())/1000, "ms-window-median")
	b.ReportMetric(float64(server[len(server)-1].Microseconds())/1000, "ms-window-max")
	b.ReportMetric(float64(bound[len(bound)/2].Microseconds())/1000, "ms-bound-median")
}
