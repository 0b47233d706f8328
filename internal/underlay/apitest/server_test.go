package apitest_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/nested-config/nested-config/internal/underlay/apitest"
)

// put sends a body to the default object and gives status and answer.
func put(t *testing.T, s *apitest.Server, contentType, body string) (int, string) {
	t.Helper()
	url := "http://a/global-vrouter-config/" + uuid(t, s)
	return send(t, s, http.MethodPut, url, contentType, body)
}

func send(t *testing.T, s *apitest.Server, method, url, contentType, body string) (int, string) {
	t.Helper()
	r := httptest.NewRequest(method, url, strings.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	resp, err := apitest.Transport(s).RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

func uuid(t *testing.T, s *apitest.Server) string {
	t.Helper()
	_, answer := send(t, s, http.MethodPost, "http://a/fqname-to-id", "application/json",
		`{"type":"global-vrouter-config","fq_name":["default-global-system-config","default-global-vrouter-config"]}`)
	_, id, _ := strings.Cut(answer, `"uuid": "`)
	return strings.TrimRight(id, "\"}\n")
}

// TestEntriesAsRecorded has the recorded inputs of one field of an entry, and
// what the real server made of them.
func TestEntriesAsRecorded(t *testing.T) {
	const same = "as sent"
	for _, tc := range []struct{ in, stored, refused string }{
		{`null`, same, ""},
		{`{}`, same, ""},
		{`"abc"`, "", `'str' object has no attribute 'items'`},
		{`{"linklocal_service_port": -1}`, same, ""},
		{`{"linklocal_service_port": 65536}`, same, ""},
		{`{"linklocal_service_port": 1000000000000}`, same, ""},
		{`{"linklocal_service_port": "80"}`, `{"linklocal_service_port": 80}`, ""},
		{`{"linklocal_service_port": 80.7}`, `{"linklocal_service_port": 80}`, ""},
		{`{"linklocal_service_port": ""}`, same, ""},
		{`{"linklocal_service_port": null}`, same, ""},
		{`{"linklocal_service_port": true}`, same, ""},
		{`{"linklocal_service_port": "abc"}`, "", `linklocal_service_port: integer value expected instead of abc`},
		{`{"ip_fabric_service_port": [80]}`, "", `integer value expected instead of [80]`},
		{`{"linklocal_service_ip": "not-an-ip"}`, same, ""},
		{`{"linklocal_service_ip": null}`, same, ""},
		{`{"linklocal_service_ip": 5}`, "", `linklocal_service_ip: string value expected instead of 5`},
		{`{"ip_fabric_service_ip": ["bad", "", null]}`, same, ""},
		{`{"ip_fabric_service_ip": {}}`, same, ""},
		{`{"ip_fabric_service_ip": "10.0.0.1"}`, "", `Field ip_fabric_service_ip must be a list. Received value: 10.0.0.1`},
		{`{"ip_fabric_service_ip": [5]}`, "", `string value expected instead of 5`},
		{`{"linklocal_service_name": "a/:<>&\"\n"}`, same, ""},
		{`{"linklocal_service_name": 5}`, "", `string value expected instead of 5`},
		{`{"color": "red"}`, "", `class <class 'vnc_api.gen.resource_xsd.LinklocalServiceEntryType'> does not have field color`},
	} {
		s := apitest.New()
		code, answer := put(t, s, "application/json", `{"global-vrouter-config":{"linklocal_services":{"linklocal_service_entry":[`+tc.in+`]}}}`)
		if tc.refused != "" {
			if code != 400 || !strings.HasPrefix(answer, "Bad property in http_put: ") || !strings.HasSuffix(answer, tc.refused) || s.Get("linklocal_services") != "" {
				t.Errorf("%s: %d %s, stored %q", tc.in, code, answer, s.Get("linklocal_services"))
			}
			continue
		}
		if tc.stored == same {
			tc.stored = tc.in
		}
		want := `{"linklocal_service_entry": [` + tc.stored + `]}`
		if got := s.Get("linklocal_services"); code != 200 || got != want {
			t.Errorf("%s: %d, stored %s, want %s", tc.in, code, got, want)
		}
	}
}

// TestEnvelopesAsRecorded has what is around the list.
func TestEnvelopesAsRecorded(t *testing.T) {
	list := `{"linklocal_service_entry": [null]}`
	for _, tc := range []struct {
		reason, contentType, body string
		code                      int
		answer                    string // "ok" is the object's uuid
		stored                    string
	}{
		{"an empty list", "application/json", `{"global-vrouter-config":{"linklocal_services":{"linklocal_service_entry":[]}}}`, 200, "ok", `{"linklocal_service_entry": []}`},
		{"an empty object", "application/json", `{"global-vrouter-config":{"linklocal_services":{}}}`, 200, "ok", `{}`},
		{"no list inside", "application/json", `{"global-vrouter-config":{"linklocal_services":{"linklocal_service_entry":null}}}`, 200, "ok", `{"linklocal_service_entry": null}`},
		{"null takes it away", "application/json", `{"global-vrouter-config":{"linklocal_services":null}}`, 200, "ok", ``},
		{"an empty list for the object", "application/json", `{"global-vrouter-config":{"linklocal_services":[]}}`, 200, "ok", `[]`},
		{"false for the object", "application/json", `{"global-vrouter-config":{"linklocal_services":false}}`, 200, "ok", `false`},
		{"a list for the object", "application/json", `{"global-vrouter-config":{"linklocal_services":[1]}}`, 400, `Error in property linklocal_services type <class 'vnc_api.gen.resource_xsd.LinklocalServicesTypes'>`, list},
		{"one object for the list", "application/json", `{"global-vrouter-config":{"linklocal_services":{"linklocal_service_entry":{"a":1}}}}`, 400,
			`Bad property in http_put: Error validating property linklocal_services value {"linklocal_service_entry": {"a": 1}} Field linklocal_service_entry must be a list.`, list},
		{"nothing", "application/json", `{}`, 200, "", list},
		{"nothing inside", "application/json", `{"global-vrouter-config":{}}`, 200, "", list},
		{"no Content-Type", "", `{"global-vrouter-config":{"linklocal_services":null}}`, 200, "", list},
		{"another Content-Type", "text/plain", `{"global-vrouter-config":{"linklocal_services":null}}`, 200, "", list},
		{"another object", "application/json", `{"global_vrouter_config":{"linklocal_services":null}}`, 500, "Internal Server Error", list},
		{"broken JSON", "application/json", `{`, 500, "Internal Server Error", list},
		{"another property", "application/json", `{"global-vrouter-config":{"unknown":1}}`, 200, "ok", list},
		{"one bad property of two", "application/json", `{"global-vrouter-config":{"linklocal_services":null,"fabric_snat":"true"}}`, 400,
			`Bad property in http_put: Error validating property fabric_snat: true/false expected instead of true`, list},
		{"too long a body", "application/json", `{"global-vrouter-config":{"linklocal_services":null}}` + strings.Repeat(" ", apitest.Limit), 413,
			`<!DOCTYPE HTML><html><head><title>Error: 413 Request Entity Too Large</title></head></html>`, list},
	} {
		s := apitest.New()
		s.Set("linklocal_services", list)
		id := uuid(t, s)
		if tc.answer == "ok" {
			tc.answer = fmt.Sprintf(`{"global-vrouter-config": {"href": "http://localhost/global-vrouter-config/%s", "uuid": "%s"}}`, id, id)
		}
		code, answer := put(t, s, tc.contentType, tc.body)
		if code != tc.code || answer != tc.answer || s.Get("linklocal_services") != tc.stored {
			t.Errorf("%s: %d %s, stored %q\nwant %d %s, stored %q", tc.reason, code, answer, s.Get("linklocal_services"), tc.code, tc.answer, tc.stored)
		}
	}
}

// TestPathsAsRecorded has everything that is no PUT.
func TestPathsAsRecorded(t *testing.T) {
	s := apitest.New()
	id := uuid(t, s)
	object := "/global-vrouter-config/" + id
	for _, tc := range []struct {
		method, path, body string
		code               int
		answer             string
	}{
		{"GET", "/global-vrouter-config/unknown", "", 404, "Unknown id: unknown"},
		{"GET", object + "/", "", 404, `Not found: "` + object + `/"`},
		{"PATCH", object, "{}", 405, "Method not allowed."},
		{"POST", "/fqname-to-id", `{"type":"global-vrouter-config","fq_name":["x"]}`, 404, "Name [x] not found"},
		{"POST", "/prop-collection-update", `{"uuid":"` + id + `","updates":[{"field":"linklocal_services","operation":"set"}]}`, 400, "prop-collection-update of linklocal_services is not supported"},
		{"POST", "/prop-collection-update", `{"uuid":"` + id + `","updates":[{"field":"annotations","operation":"add"}]}`, 400, "Unsupported operation add for annotations"},
		{"POST", "/prop-collection-update", `{"uuid":"` + id + `","updates":[{"field":"annotations","operation":"set","value":{"key":"k","value":"v"}}]}`, 200, "{}"},
		{"GET", "/global-vrouter-configs", "", 200, `{"global-vrouter-configs": [{"fq_name": ["default-global-system-config","default-global-vrouter-config"], "uuid": "` + id + `"}]}`},
	} {
		code, answer := send(t, s, tc.method, "http://a"+tc.path, "application/json", tc.body)
		if code != tc.code || answer != tc.answer {
			t.Errorf("%s %s: %d %s\nwant %d %s", tc.method, tc.path, code, answer, tc.code, tc.answer)
		}
	}
	if got := s.Get("annotations"); got != `{"key_value_pair": [{"key": "k", "value": "v"}]}` {
		t.Errorf("annotations: %s", got)
	}
}
