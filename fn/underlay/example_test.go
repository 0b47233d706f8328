package underlay_test

import (
	"context"
	"fmt"
	"log"
	"net/netip"

	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/fn/underlay"
	"github.com/nested-config/nested-config/internal/underlay/apitest"
	"github.com/nested-config/nested-config/internal/underlay/configapi"
	"github.com/nested-config/nested-config/internal/underlay/plan"
)

// What a plan finds missing, Apply writes; then nothing is left to do.
func Example() {
	server := apitest.New() // in the place of Contrail
	server.Set("linklocal_services", `{"linklocal_service_entry":[`+metadata+`]}`)
	client, err := configapi.New(configapi.Options{URLs: []string{"http://192.168.1.100:8082"}, Transport: apitest.Transport(server)})
	if err != nil {
		log.Fatal(err)
	}
	want := []plan.Cluster{{Name: "k8s", Services: []linklocal.Service{{
		Name: "Contrail Config", ServiceIP: netip.MustParseAddr("10.10.10.1"), ServicePort: 8082,
		FabricIPs: []netip.Addr{netip.MustParseAddr("192.168.1.100")}, FabricPort: 8082,
	}}}}
	for _, do := range []func() (underlay.Report, error){
		func() (underlay.Report, error) {
			return underlay.Plan(context.Background(), client, want, underlay.Options{})
		},
		func() (underlay.Report, error) {
			return underlay.Apply(context.Background(), client, want, underlay.Options{})
		},
		func() (underlay.Report, error) {
			return underlay.Plan(context.Background(), client, want, underlay.Options{})
		},
	} {
		report, err := do()
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("to do: %t, done: %t\n", !report.Plan.Empty(), report.Applied)
	}
	// Output:
	// to do: true, done: false
	// to do: true, done: true
	// to do: false, done: false
}
