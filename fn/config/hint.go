package config

import (
	"fmt"
	"reflect"
	"strings"
)

const (
	noAgentAddress = "the vRouter agent is reached at 127.0.0.1 of each compute node, by one service IP; remove the line"
	fromSecret     = "credentials come from the Secret that spec.auth.credentialsSecret names"
	fromRabbit     = "credentials come from the Secret that spec.underlay.rabbitmq.credentialsSecret names"
)

// hints are for what people write because the guide, the old manifest or other
// tools have it.
var hints = map[string]string{
	// Of FleetCheck: the others have it.
	"spec":                                "FleetCheck checks every NestedConfig of the list and has no fields to set",
	"spec.underlay.vrouter.nodes":         noAgentAddress,
	"spec.underlay.vrouter.host":          noAgentAddress,
	"spec.underlay.vrouter.ip":            noAgentAddress,
	"spec.underlay.vrouter.fabricIP":      noAgentAddress,
	"spec.underlay.zookeeper":             "kube-manager never contacts ZooKeeper in nested mode; remove it",
	"spec.underlay.cassandra":             "did you mean configDB?",
	"spec.underlay.control":               "only the vRouter agent uses control nodes; remove it",
	"spec.underlay.keystone.nodes":        "Keystone has one address or name: did you mean host?",
	"spec.auth.user":                      fromSecret,
	"spec.auth.username":                  fromSecret,
	"spec.auth.password":                  fromSecret,
	"spec.underlay.rabbitmq.user":         fromRabbit,
	"spec.underlay.rabbitmq.password":     fromRabbit,
	"spec.linkLocal.services":             "the link-local services follow from spec.underlay and spec.linkLocal.serviceIPs",
	"spec.kubernetes.nestedMode":          "the cluster is always nested; remove the line",
	"spec.underlay.analytics.apiPort":     "the analytics API is not used; port is that of the collectors",
	"spec.underlay.keystone.publicPort":   "kube-manager connects to one port of Keystone: did you mean port?",
	"spec.underlay.keystone.adminPort":    "kube-manager connects to one port of Keystone: did you mean port?",
	"spec.linkLocal.vrouterServiceIPs":    "one service IP serves all vRouter agents: did you mean vrouterServiceIP?",
	"spec.kubernetes.clusterNetwork":      "did you mean spec.underlay.virtualNetwork, the network of the VMs?",
	"spec.kubernetes.cluster_name":        "did you mean clusterName?",
	"spec.underlay.virtualNetwork.fqName": "write domain, project and name",
}

// suggestion names the field that was probably meant.
func suggestion(path, key string, t reflect.Type) string {
	if h, ok := hints[path]; ok {
		return ": " + h
	}
	best, least := "", 3
	for i := range t.NumField() {
		name := t.Field(i).Tag.Get("yaml")
		if name == "" {
			continue
		}
		if strings.EqualFold(name, key) {
			return fmt.Sprintf(": did you mean %s?", name)
		}
		if n := distance(strings.ToLower(key), strings.ToLower(name)); n < least && n < len(name) {
			best, least = name, n
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(": did you mean %s?", best)
}

// distance is Levenshtein's, of two short words; long ones are far apart.
func distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = min(diagonal, row[j], row[j+1]) + 1
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
