package underlay_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"strings"

	"github.com/nested-config/nested-config/fn/config"
	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/fn/underlay"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// The plan for a NestedConfig, as a program of yours would make it. Apply takes the
// same arguments, and writes what the plan shows.
func ExamplePlan() {
	c, problems := config.Load(yaml.MustParse(`
apiVersion: nested.opencontrail.org/v1alpha1
kind: NestedConfig
metadata: {name: k8s}
spec:
  connectivity: Direct
  images: {registry: docker.io/opencontrailnightly, tag: R21.4-latest}
  underlay:
    config: {nodes: [192.168.1.100]}
    virtualNetwork: {domain: default-domain, project: admin, name: k8s-vms}
  linkLocal: {pool: 10.10.10.0/29}
  kubernetes: {apiServer: 10.84.31.67}
  auth: {mode: noauth}
`).YNode())
	if problems.Errors() {
		log.Fatal(problems)
	}
	client, err := underlay.NewClient(underlay.ClientOptions{URLs: []string{"http://192.168.1.100:8082"}, Transport: empty{}})
	if err != nil {
		log.Fatal(err)
	}
	report, err := underlay.Plan(context.Background(), client, []underlay.Cluster{underlay.Declare(c)}, underlay.Options{})
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range report.Changes {
		var service linklocal.Service
		if err := json.Unmarshal(c.After, &service); err != nil {
			log.Fatal(err)
		}
		fmt.Println(c.Action, service.Name, service.ServiceIP, "for", c.Clusters)
	}
	fmt.Println("pending:", report.Pending())
	// Output:
	// + K8s-cni-to-agent 10.10.10.1 for [k8s]
	// pending: true
}

// empty stands in the place of a config API that holds nothing.
type empty struct{}

func (empty) RoundTrip(r *http.Request) (*http.Response, error) {
	body := `{"global-vrouter-config": {"uuid": "a1"}}`
	if r.Method == http.MethodPost { // fqname-to-id
		body = `{"uuid": "a1"}`
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}
