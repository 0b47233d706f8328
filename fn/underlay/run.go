package underlay

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"github.com/nested-config/nested-config/fn/linklocal"
	"github.com/nested-config/nested-config/internal/underlay/configapi"
	"github.com/nested-config/nested-config/internal/underlay/plan"
)

// run is one call of Apply or Plan on its way. What it keeps between two reads
// is only what the server cannot tell: everything else is planned anew from
// each read.
type run struct {
	Options
	client   *configapi.Client
	want     []plan.Cluster
	object   configapi.Ref
	networks map[plan.FQName]configapi.Ref
	unused   map[string][]linklocal.Service // claims of this run that nothing has been written for
	written  *write                         // the last PUT of the list, until a read has shown what became of it
	lost     *loss                          // what is to be put back
	report   Report

	repairs, replans, failures int
}

// snapshot is one read of the underlay.
type snapshot struct {
	configapi.Object
	plan.State
}

var fields = []string{plan.PropertyServices, plan.PropertyPools, plan.PropertyAnnotations}

// The name of the object that holds all of this.
const (
	systemConfig  = "default-global-system-config"
	vrouterConfig = "default-global-vrouter-config"
)

// apply goes on until a read shows that there is nothing left to do. Each round
// reads, plans, and does the first thing that the plan asks for.
func (r *run) apply(ctx context.Context) (Report, error) {
	for range maxSteps {
		// After a PUT its outcome is looked at in any case.
		reading := ctx
		if r.written != nil {
			reading = context.WithoutCancel(ctx)
		}
		s, p, err := r.readAndPlan(reading)
		switch {
		case err != nil && r.mayRetry(ctx, err):
			continue
		case err != nil:
			return r.report, r.giveUp(ctx, err)
		case len(p.Conflicts) > 0:
			return r.report, conflict(r.shown(p))
		case p.Empty():
			r.report.Applied = true
			return r.report, nil
		case ctx.Err() != nil:
			return r.report, r.giveUp(ctx, ctx.Err())
		}
		err = r.step(ctx, s, p)
		switch {
		case err == nil:
			r.failures = 0
		case !r.mayRetry(ctx, err):
			return r.report, r.giveUp(ctx, err)
		}
	}
	return r.report, r.giveUp(ctx, errKeepsChanging)
}

// mayRetry waits and says whether another round may help.
func (r *run) mayRetry(ctx context.Context, err error) bool {
	var count *int
	var limit int
	switch {
	case errors.Is(err, errOverwritten):
		count, limit = &r.repairs, maxRepairs
	case errors.Is(err, errChanged):
		count, limit = &r.replans, maxReplans
	case configapi.Transient(err):
		count, limit = &r.failures, maxFailures
	case errors.Is(err, configapi.ErrNotFound) && r.object.UUID != "":
		// The database may be a new one, and the remembered uuids gone with it.
		r.object = configapi.Ref{}
		count, limit = &r.failures, maxFailures
	default:
		return false
	}
	*count++
	if *count > limit {
		return false
	}
	// What became of a PUT is looked at also when the caller has lost patience.
	return r.sleep(ctx, pause(*count)) == nil || r.written != nil
}

// readAndPlan reads everything that a plan depends on, and makes it, with what
// a rival's write has removed put back in its place.
func (r *run) readAndPlan(ctx context.Context) (snapshot, plan.Plan, error) {
	s, err := r.read(ctx)
	if err != nil {
		return snapshot{}, plan.Plan{}, err
	}
	if err := r.inspect(s); err != nil {
		return snapshot{}, plan.Plan{}, err
	}
	asRead := s.Entries
	s.Entries = r.restore(asRead)
	s.Restored = len(s.Entries) != len(asRead)
	p := plan.Make(s.State, r.want, plan.Options{Prune: r.Prune, Adopt: r.Adopt, Unused: r.unused})
	if !r.report.Planned {
		r.report.planned(r.shown(p))
	}
	return s, p, r.checkSize(s, p)
}

// step does the first thing that the plan asks for.
func (r *run) step(ctx context.Context, s snapshot, p plan.Plan) error {
	switch {
	case len(p.Claim) > 0:
		r.unused = p.Unused
		return r.annotate(ctx, s, p.Claim)
	case p.ListChanges || p.Pools != nil:
		return r.writeList(ctx, s, p)
	case len(p.SNAT) > 0:
		change := p.SNAT[0]
		return r.put(ctx, r.networks[change.Network], map[string]json.RawMessage{"fabric_snat": json.RawMessage(boolText(change.On))})
	}
	return r.annotate(ctx, s, p.Final)
}

// annotate stores records, one call each; a further one needs a further look.
func (r *run) annotate(ctx context.Context, s snapshot, records map[string]plan.Record) error {
	for _, c := range slices.Sorted(maps.Keys(records)) {
		key, record := plan.OwnerPrefix+c, records[c]
		var err error
		if record.Empty() {
			err = r.client.DeleteAnnotation(ctx, s.Ref, key)
		} else {
			err = r.client.SetAnnotation(ctx, s.Ref, key, record.Annotation())
		}
		if err != nil {
			return err
		}
		r.report.OtherWrites++
	}
	return nil
}

func (r *run) put(ctx context.Context, ref configapi.Ref, properties map[string]json.RawMessage) error {
	body, err := configapi.Body(ref, properties)
	if err != nil {
		return err
	}
	r.report.OtherWrites++
	return r.client.Put(ctx, ref, body)
}

func boolText(b bool) string {
	if b {
		return "true"
	}
	return "false"
}
