package config

const (
	noAgentAddress = "the vRouter agent is reached at 127.0.0.1 of each compute node, by one service IP; remove the line"
	fromSecret     = "credentials come from the Secret that spec.auth.credentialsSecret names"
	fromRabbit     = "credentials come from the Secret that spec.underlay.rabbitmq.credentialsSecret names"
)

// hints are for what people write because the guide, the old manifest or other
// tools have it.
var hints = map[string]string{
	"spec.underlay.vrouter.nodes":         noAgentAddress,
	"spec.underlay.vrouter.host":          noAgentAddress,
	"spec.underlay.vrouter.ip":            noAgentAddress,
	"spec.underlay.vrouter.fabricIP":      noAgentAddress,
	"spec.underlay.zookeeper":             "kube-manager never contacts ZooKeeper in nested mode; remove it",
	"spec.underlay.cassandra":             "did you mean configDB?",
	"spec.underlay.control":               "control nodes are the business of the vRouter agent; remove it",
	"spec.underlay.keystone.nodes":        "Keystone has one address or name: did you mean host?",
	"spec.auth.user":                      fromSecret,
	"spec.auth.username":                  fromSecret,
	"spec.auth.password":                  fromSecret,
	"spec.underlay.rabbitmq.user":         fromRabbit,
	"spec.underlay.rabbitmq.password":     fromRabbit,
	"spec.linkLocal.services":             "the link-local services follow from spec.underlay and spec.linkLocal.serviceIPs",
	"spec.kubernetes.nestedMode":          "the cluster is always nested; remove the line",
	"spec.underlay.analytics.apiPort":     "the analytics API is not used; port is that of the collectors",
	"spec.underlay.keystone.publicPort":   "kube-manager dials one port of Keystone: did you mean port?",
	"spec.underlay.keystone.adminPort":    "kube-manager dials one port of Keystone: did you mean port?",
	"spec.linkLocal.vrouterServiceIPs":    "one service IP serves all vRouter agents: did you mean vrouterServiceIP?",
	"spec.kubernetes.clusterNetwork":      "did you mean spec.underlay.virtualNetwork, the network of the VMs?",
	"spec.kubernetes.cluster_name":        "did you mean clusterName?",
	"spec.underlay.virtualNetwork.fqName": "write domain, project and name",
}
