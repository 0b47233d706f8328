package linklocal_test

import (
	"fmt"
	"log"
	"net/netip"

	"github.com/nested-config/nested-config/fn/linklocal"
)

// Pins stay where they are; the rest takes the lowest free addresses.
func ExampleAllocate() {
	a, err := linklocal.Allocate(linklocal.Request{
		Fabrics: []linklocal.Host{linklocal.ParseHost("192.168.1.100"), linklocal.ParseHost("192.168.1.101"), linklocal.ParseHost("keystone.example.com")},
		Pool:    netip.MustParsePrefix("10.10.10.0/29"),
		Exclude: []netip.Prefix{netip.MustParsePrefix("10.10.10.2/32")},
		Pins:    map[linklocal.Host]netip.Addr{linklocal.ParseHost("192.168.1.101"): netip.MustParseAddr("10.10.10.1")},
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range a.Fabrics {
		fmt.Println(f.Fabric, "by", f.ServiceIP)
	}
	fmt.Println("the vRouter agent by", a.VRouter.ServiceIP)
	// Output:
	// 192.168.1.100 by 10.10.10.3
	// 192.168.1.101 by 10.10.10.1
	// keystone.example.com by 10.10.10.4
	// the vRouter agent by 10.10.10.5
}
