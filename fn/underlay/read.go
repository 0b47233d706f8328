package underlay

import (
	"context"
	"errors"

	"github.com/nested-config/nested-config/internal/underlay/configapi"
	"github.com/nested-config/nested-config/internal/underlay/plan"
)

// read reads the object, and the networks that a plan depends on.
func (r *run) read(ctx context.Context) (snapshot, error) {
	if r.object.UUID == "" {
		ref, err := r.client.Find(ctx, configapi.GlobalVRouterConfig, systemConfig, vrouterConfig)
		if err != nil {
			return snapshot{}, err
		}
		r.object, r.networks = ref, map[plan.FQName]configapi.Ref{}
	}
	o, _, err := r.client.Get(ctx, r.object, "", fields...)
	r.report.Server = r.client.URL()
	if err != nil {
		return snapshot{}, err
	}
	s, err := plan.Decode(o.Properties)
	if err != nil {
		return snapshot{}, r.foreign(err)
	}
	for _, name := range plan.Networks(s.Records, r.want) {
		if s.Networks[name], err = r.readNetwork(ctx, name); err != nil {
			return snapshot{}, err
		}
	}
	return snapshot{o, s}, nil
}

func (r *run) readNetwork(ctx context.Context, name plan.FQName) (plan.Network, error) {
	ref, known := r.networks[name]
	if !known {
		var err error
		ref, err = r.client.Find(ctx, configapi.VirtualNetwork, name[:]...)
		if errors.Is(err, configapi.ErrNotFound) {
			return plan.Network{}, nil
		}
		if err != nil {
			return plan.Network{}, err
		}
		r.networks[name] = ref
	}
	o, _, err := r.client.Get(ctx, ref, "", "fabric_snat")
	if err != nil {
		return plan.Network{}, err
	}
	return plan.Network{Exists: true, SNAT: string(o.Properties["fabric_snat"]) == "true"}, nil
}
