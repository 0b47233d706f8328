// Package env is the contract with the two images: every environment variable
// that they read, which field of a NestedConfig holds it, what the image takes
// when it is missing, and since which release. It is data; it knows nothing of
// YAML or Kubernetes.
//
// Source: the entrypoints of contrail-kubernetes-kube-manager and
// contrail-kubernetes-cni-init with their common.sh and contrail-functions.sh,
// R5.0 to tf master.
package env

import "strings"

// Image is a set of the images that read a variable.
type Image uint8

const (
	KubeManager Image = 1 << iota
	CNI
)

// Kind says how a value is written as text.
type Kind uint8

const (
	Text   Kind = iota // as it is; in the images' ini files, so without % or newline
	Nodes              // IPv4 addresses of the underlay, as pods dial them: comma separated, no blanks
	Fabric             // one address of the underlay, as pods dial it, or a DNS name
	Words              // prefixes, separated by blanks
	Dict               // a Python dictionary of strings, in single quotes
	Bool               // true or false, in lower case: the Python side knows only these
	Int                // decimal
)

// Variable is one line of the contract.
type Variable struct {
	Name string
	// Field is the path in a NestedConfig, below spec, that holds the value; ""
	// when none does and the variable can only be added (kubeManager.env,
	// cni.env, commonEnv) or is no business of the user.
	Field string
	Kind  Kind
	// Images read it; zero when nobody does in nested mode.
	Images Image
	// Default is what the image takes when the variable is missing or empty.
	Default string
	// Constant is what this program always writes, whatever the image's default.
	Constant string
	// Preset is what this program writes unless the user adds another value.
	Preset string
	// Credential values come from a Secret only, and are never printed.
	Credential bool
	// Releases that read it: "all", "R2008+".
	Releases string
}

// Names that are spelt in more than one place. The vRouter's is misspelt in
// every release of the images: the misspelling is the contract.
const (
	NestedMode       = "KUBEMANAGER_NESTED_MODE"
	Orchestrator     = "CLOUD_ORCHESTRATOR"
	TokenFile        = "K8S_TOKEN_FILE"
	Token            = "K8S_TOKEN"
	VRouterVIP       = "KUBERNESTES_NESTED_VROUTER_VIP"
	VRouterVIPTypo   = "KUBERNETES_NESTED_VROUTER_VIP"
	ControllerNodes  = "CONTROLLER_NODES"
	ControlNodes     = "CONTROL_NODES"
	ConfigNodes      = "CONFIG_NODES"
	AnalyticsNodes   = "ANALYTICS_NODES"
	RabbitMQNodes    = "RABBITMQ_NODES"
	ConfigDBNodes    = "CONFIGDB_NODES"
	KeystoneHost     = "KEYSTONE_AUTH_HOST"
	KeystoneUser     = "KEYSTONE_AUTH_ADMIN_USER"
	KeystonePassword = "KEYSTONE_AUTH_ADMIN_PASSWORD"
	KeystoneCA       = "KEYSTONE_AUTH_CA_CERTFILE"
	RabbitMQUser     = "RABBITMQ_USER"
	RabbitMQPassword = "RABBITMQ_PASSWORD"
	AuthMode         = "AUTH_MODE"
	FIPPool          = "KUBERNETES_PUBLIC_FIP_POOL"
	SSLEnable        = "SSL_ENABLE"
	Registry         = "CONTRAIL_REGISTRY"
	ContainerTag     = "CONTRAIL_CONTAINER_TAG"
	PullSecret       = "KUBERNETES_SECRET_CONTRAIL_REPO"
)

const both = KubeManager | CNI

// Contract is the whole contract, in the order in which the variables are
// written.
var Contract = []Variable{
	// What the pod is.
	{Name: NestedMode, Images: both, Default: "0", Constant: "1", Releases: "all"},
	{Name: Orchestrator, Images: KubeManager, Default: "none", Constant: "kubernetes", Releases: "all"},
	{Name: "LOG_LEVEL", Field: "logLevel", Images: both, Default: "SYS_NOTICE", Releases: "all"},
	{Name: "LOG_LOCAL", Kind: Int, Images: KubeManager, Default: "1", Releases: "all"},
	{Name: "LOG_DIR", Images: both, Default: "/var/log/contrail", Releases: "kube-manager all, CNI R1909+"},
	{Name: "CONTAINER_LOG_DIR", Images: KubeManager, Default: "/var/log/contrail/kubernetes-kube-manager", Releases: "R1912, R2005, R2008+"},
	{Name: "INTROSPECT_LISTEN_ALL", Kind: Bool, Images: KubeManager, Default: "True", Releases: "v5.1+"},
	{Name: "KUBEMANAGER_NODES", Kind: Nodes, Images: KubeManager, Default: "$CONFIG_NODES", Releases: "v5.1+"},
	{Name: "STATS_COLLECTOR_DESTINATION_PATH", Images: KubeManager, Releases: "v5.1+"},
	{Name: "CONTRAIL_UID", Kind: Int, Images: KubeManager, Default: "1999", Releases: "R5.1, R1909+"},
	{Name: "CONTRAIL_GID", Kind: Int, Images: KubeManager, Default: "1999", Releases: "R5.1, R1909+"},

	// The nested cluster.
	{Name: TokenFile, Images: KubeManager, Default: "/var/run/secrets/kubernetes.io/serviceaccount/token", Constant: "/tmp/serviceaccount/token", Releases: "all"},
	{Name: Token, Images: KubeManager, Default: "the content of K8S_TOKEN_FILE", Credential: true, Releases: "all"},
	{Name: "KUBERNETES_API_SERVER", Field: "kubernetes.apiServer", Images: KubeManager, Default: "the node's own address", Releases: "all"},
	{Name: "KUBERNETES_API_SECURE_PORT", Field: "kubernetes.apiServerPort", Kind: Int, Images: KubeManager, Default: "6443", Releases: "all"},
	{Name: "KUBERNETES_API_PORT", Kind: Int, Images: KubeManager, Default: "8080", Releases: "all"},
	{Name: "KUBERNETES_CLUSTER_NAME", Field: "kubernetes.clusterName", Images: both, Default: "k8s", Releases: "kube-manager all, CNI R2008+"},
	{Name: "KUBERNETES_CLUSTER_NETWORK", Field: "underlay.virtualNetwork", Kind: Dict, Images: KubeManager, Default: "{}", Releases: "all"},
	{Name: "KUBERNETES_CLUSTER_PROJECT", Kind: Dict, Images: KubeManager, Default: "{}", Releases: "all"},
	{Name: "KUBERNETES_CLUSTER_DOMAIN", Images: KubeManager, Default: "default-domain", Releases: "R2011+"},
	{Name: "KUBERNETES_POD_SUBNETS", Field: "kubernetes.podSubnets", Kind: Words, Images: KubeManager, Default: "10.32.0.0/12", Releases: "all"},
	{Name: "KUBERNETES_SERVICE_SUBNETS", Field: "kubernetes.serviceSubnets", Kind: Words, Images: KubeManager, Default: "10.96.0.0/12", Releases: "all"},
	{Name: "KUBERNETES_IP_FABRIC_SUBNETS", Field: "kubernetes.ipFabricSubnets", Kind: Words, Images: KubeManager, Default: "10.64.0.0/12", Releases: "all"},
	{Name: "KUBERNETES_IP_FABRIC_FORWARDING", Field: "kubernetes.ipFabricForwarding", Kind: Bool, Images: KubeManager, Default: "false", Releases: "all"},
	{Name: "KUBERNETES_IP_FABRIC_SNAT", Field: "kubernetes.ipFabricSNAT", Kind: Bool, Images: KubeManager, Default: "false", Releases: "all"},
	{Name: "KUBERNETES_HOST_NETWORK_SERVICE", Field: "kubernetes.hostNetworkService", Kind: Bool, Images: KubeManager, Default: "false", Releases: "R5.0 branch+"},
	{Name: FIPPool, Field: "kubernetes.publicFIPPool", Kind: Dict, Images: KubeManager, Default: "{}", Releases: "all"},

	// The underlay. CONTROLLER_NODES is the fallback of every list.
	{Name: ControllerNodes, Kind: Nodes, Images: both, Default: "the node's own address", Releases: "all"},
	{Name: ConfigNodes, Field: "underlay.config.nodes", Kind: Nodes, Images: both, Default: "$CONTROLLER_NODES", Releases: "all"},
	{Name: "CONFIG_API_PORT", Field: "underlay.config.port", Kind: Int, Images: KubeManager, Default: "8082", Releases: "all"},
	{Name: AnalyticsNodes, Field: "underlay.analytics.nodes", Kind: Nodes, Images: KubeManager, Default: "$CONTROLLER_NODES", Releases: "all"},
	{Name: "COLLECTOR_PORT", Field: "underlay.analytics.port", Kind: Int, Images: KubeManager, Default: "8086", Releases: "all"},
	{Name: "COLLECTOR_SERVERS", Images: KubeManager, Default: "$ANALYTICS_NODES with $COLLECTOR_PORT", Releases: "all"},
	{Name: RabbitMQNodes, Field: "underlay.rabbitmq.nodes", Kind: Nodes, Images: KubeManager, Default: "$CONFIGDB_NODES", Releases: "all"},
	{Name: "RABBITMQ_NODE_PORT", Field: "underlay.rabbitmq.port", Kind: Int, Images: KubeManager, Default: "5673 (r5.0: 5672)", Releases: "all"},
	{Name: "RABBITMQ_VHOST", Field: "underlay.rabbitmq.vhost", Images: KubeManager, Default: "/", Releases: "all"},
	{Name: RabbitMQUser, Images: KubeManager, Default: "guest", Credential: true, Releases: "all"},
	{Name: RabbitMQPassword, Images: KubeManager, Default: "guest", Credential: true, Releases: "all"},
	// Its default moved from 10 to 60 in tf master.
	{Name: "RABBITMQ_HEARTBEAT_INTERVAL", Kind: Int, Images: KubeManager, Default: "10 (tf master: 60)", Preset: "60", Releases: "R5.0 branch+"},
	{Name: ConfigDBNodes, Field: "underlay.configDB.nodes", Kind: Nodes, Images: KubeManager, Default: "$CONFIG_NODES", Releases: "all"},
	{Name: "CONFIGDB_PORT", Field: "underlay.configDB.port", Kind: Int, Images: KubeManager, Default: "9161", Releases: "all"},
	{Name: "CONFIGDB_SERVERS", Images: KubeManager, Default: "$CONFIGDB_NODES with $CONFIGDB_PORT", Releases: "all"},

	// Keystone.
	{Name: AuthMode, Field: "auth.mode", Images: KubeManager, Default: "noauth", Releases: "all"},
	{Name: KeystoneHost, Field: "underlay.keystone.host", Kind: Fabric, Images: KubeManager, Default: "127.0.0.1", Releases: "all"},
	{Name: "KEYSTONE_AUTH_ADMIN_PORT", Field: "underlay.keystone.port", Kind: Int, Images: KubeManager, Default: "35357", Releases: "all"},
	{Name: "KEYSTONE_AUTH_PROTO", Field: "auth.protocol", Images: KubeManager, Default: "http", Releases: "all"},
	{Name: "KEYSTONE_AUTH_URL_VERSION", Field: "auth.urlVersion", Images: KubeManager, Default: "/v3 (r5.0: /v2.0)", Releases: "all"},
	{Name: "KEYSTONE_AUTH_ADMIN_TENANT", Field: "auth.tenant", Images: KubeManager, Default: "admin", Releases: "all"},
	{Name: KeystoneUser, Images: KubeManager, Default: "admin", Credential: true, Releases: "all"},
	{Name: KeystonePassword, Images: KubeManager, Default: "contrail123", Credential: true, Releases: "all"},
	{Name: "KEYSTONE_AUTH_USER_DOMAIN_NAME", Field: "auth.userDomain", Images: KubeManager, Default: "Default", Releases: "all"},
	{Name: "KEYSTONE_AUTH_PROJECT_DOMAIN_NAME", Field: "auth.projectDomain", Images: KubeManager, Default: "Default", Releases: "all"},
	{Name: "KEYSTONE_AUTH_REGION_NAME", Field: "auth.region", Images: KubeManager, Default: "RegionOne", Releases: "all"},
	{Name: "KEYSTONE_AUTH_INSECURE", Field: "auth.insecure", Kind: Bool, Images: KubeManager, Default: "$SSL_INSECURE, which is True", Releases: "all"},
	{Name: KeystoneCA, Images: KubeManager, Releases: "all"},
	{Name: "KEYSTONE_AUTH_CERTFILE", Images: KubeManager, Releases: "all"},
	{Name: "KEYSTONE_AUTH_KEYFILE", Images: KubeManager, Releases: "all"},
	{Name: "KEYSTONE_AUTH_ENDPOINT_TYPE", Images: KubeManager, Releases: "R1912+"},
	{Name: "KEYSTONE_AUTH_SYNC_ON_DEMAND", Images: KubeManager, Releases: "R1912+"},
	{Name: "KEYSTONE_AUTH_INTERFACE", Images: KubeManager, Releases: "tf master"},

	// Contrail's own TLS. SSL_ENABLE would be the default of three switches, so
	// each is written on its own.
	{Name: "CONFIG_API_SSL_ENABLE", Field: "tls.configAPI", Kind: Bool, Images: KubeManager, Default: "$SSL_ENABLE", Releases: "v5.1+"},
	{Name: "SANDESH_SSL_ENABLE", Field: "tls.sandesh", Kind: Bool, Images: KubeManager, Default: "$SSL_ENABLE", Releases: "R5.0 branch+"},
	{Name: "INTROSPECT_SSL_ENABLE", Field: "tls.introspect", Kind: Bool, Images: KubeManager, Default: "$SSL_ENABLE", Releases: "R5.0 branch+"},
	{Name: "CASSANDRA_SSL_ENABLE", Field: "tls.configDB", Kind: Bool, Images: KubeManager, Default: "false", Releases: "v5.1+"},
	{Name: "RABBITMQ_USE_SSL", Field: "tls.rabbitmq", Kind: Bool, Images: KubeManager, Default: "False", Releases: "all"},
	{Name: SSLEnable, Kind: Bool, Images: KubeManager, Default: "False", Releases: "all"},
	{Name: "SSL_INSECURE", Kind: Bool, Images: KubeManager, Default: "True", Releases: "all"},
	{Name: "SERVER_CERTFILE", Images: KubeManager, Default: "/etc/contrail/ssl/certs/server.pem", Releases: "all"},
	{Name: "SERVER_KEYFILE", Images: KubeManager, Default: "/etc/contrail/ssl/private/server-privkey.pem", Releases: "all"},
	{Name: "SERVER_CA_CERTFILE", Images: KubeManager, Default: "/etc/contrail/ssl/certs/ca-cert.pem", Releases: "all"},
	{Name: "CONFIG_API_SERVER_CA_CERTFILE", Images: KubeManager, Default: "$SERVER_CA_CERTFILE", Releases: "v5.1+"},
	{Name: "CASSANDRA_SSL_CA_CERTFILE", Images: KubeManager, Default: "$SERVER_CA_CERTFILE", Releases: "v5.1+"},
	{Name: "SANDESH_CERTFILE", Images: KubeManager, Default: "$SERVER_CERTFILE", Releases: "R5.0 branch+"},
	{Name: "SANDESH_KEYFILE", Images: KubeManager, Default: "$SERVER_KEYFILE", Releases: "R5.0 branch+"},
	{Name: "SANDESH_CA_CERTFILE", Images: KubeManager, Default: "$SERVER_CA_CERTFILE", Releases: "R5.0 branch+"},
	{Name: "SANDESH_SERVER_CERTFILE", Images: KubeManager, Default: "$SERVER_CERTFILE", Releases: "R21.4+"},
	{Name: "SANDESH_SERVER_KEYFILE", Images: KubeManager, Default: "$SERVER_KEYFILE", Releases: "R21.4+"},
	{Name: "SANDESH_SERVER_CA_CERTFILE", Images: KubeManager, Default: "$SERVER_CA_CERTFILE", Releases: "R21.4+"},
	{Name: "RABBITMQ_SSL_VER", Images: KubeManager, Default: "tlsv1.2 (R5.0: none, v5.1 to R2003: sslv23)", Releases: "all"},
	{Name: "RABBITMQ_CLIENT_SSL_CERTFILE", Images: KubeManager, Default: "$SERVER_CERTFILE", Releases: "all"},
	{Name: "RABBITMQ_CLIENT_SSL_KEYFILE", Images: KubeManager, Default: "$SERVER_KEYFILE", Releases: "all"},
	{Name: "RABBITMQ_CLIENT_SSL_CACERTFILE", Images: KubeManager, Default: "$SERVER_CA_CERTFILE", Releases: "all"},

	// The CNI plugin and the vRouter agent.
	{Name: VRouterVIP, Field: "linkLocal.vrouterServiceIP", Images: CNI, Releases: "all"},
	{Name: "VROUTER_PORT", Field: "underlay.vrouter.port", Kind: Int, Images: CNI, Default: "9091", Releases: "all"},
	{Name: "PHYSICAL_INTERFACE", Field: "cni.parentInterface", Images: CNI, Default: "found by the routes below", Releases: "R5.0 branch+"},
	{Name: "VROUTER_GATEWAY", Images: CNI, Releases: "R5.0 branch+"},
	{Name: ControlNodes, Kind: Nodes, Images: CNI, Default: "$CONFIG_NODES", Releases: "R5.0 branch+"},
	{Name: "L3MH_CIDR", Images: CNI, Releases: "late ones"},
	{Name: "KUBERNETES_CNI_META_PLUGIN", Field: "cni.metaPlugin", Images: CNI, Default: "multus", Releases: "R2008+"},
	{Name: "VROUTER_MTU", Field: "cni.mtu", Kind: Int, Images: CNI, Default: "1500", Releases: "tf master"},

	// Where the images come from: not environment, but part of common.env.
	{Name: Registry, Field: "images.registry", Releases: "all"},
	{Name: ContainerTag, Field: "images.tag", Releases: "all"},
	{Name: PullSecret, Field: "images.pullSecrets", Releases: "R5.0 branch+"},

	// Known, and read by nobody in nested mode.
	{Name: "CONFIG_API_VIP"}, {Name: "ANALYTICS_API_VIP"}, {Name: "KEYSTONE_AUTH_PUBLIC_PORT", Kind: Int},
	{Name: "ZOOKEEPER_NODES", Kind: Nodes}, {Name: "ZOOKEEPER_PORT", Kind: Int}, {Name: "ZOOKEEPER_SERVERS"},
	{Name: "HOST_IP"}, {Name: "DEBUG"}, {Name: "CONTRAIL_VERSION"}, {Name: "OPENSTACK_VERSION"},
	{Name: "_CONTRAIL_REGISTRY_IP"}, {Name: "K8S_VERSION"}, {Name: "METADATA_PROXY_SECRET", Credential: true},
	{Name: "AAA_MODE"}, {Name: "CONFIG_API_SERVER_PORT", Kind: Int}, {Name: "ANALYTICSDB_NODES", Kind: Nodes},
	{Name: "ANALYTICS_SNMP_NODES", Kind: Nodes}, {Name: "ANALYTICS_ALARM_NODES", Kind: Nodes},
	{Name: "WEBUI_NODES", Kind: Nodes}, {Name: "KAFKA_NODES", Kind: Nodes}, {Name: "REDIS_NODES", Kind: Nodes},
	{Name: "ENCAP_PRIORITY"}, {Name: "CONTRAIL_REGISTRY_INSECURE"}, {Name: "LINUX_DISTR"},
}

// Lookup gives the line of a variable.
func Lookup(name string) (Variable, bool) {
	for _, v := range Contract {
		if v.Name == name {
			return v, true
		}
	}
	if section, _ := Option(name); section != "" {
		return Variable{Name: name, Images: KubeManager, Releases: "all"}, true
	}
	return Variable{}, false
}

// Password reports whether the value opens a door by itself: every credential but
// the names of users.
func (v Variable) Password() bool {
	return v.Credential && v.Name != KeystoneUser && v.Name != RabbitMQUser
}

// optionPrefix begins the variables that the kube-manager's entrypoint appends
// to its configuration file: KUBERNETES__section__param is "[section] param = ",
// with DASH for - since R1909.
const optionPrefix = "KUBERNETES__"

// Option is the section and the option of the configuration file that a variable
// adds, "" and "" when it is no such variable. The section is what stands before
// the last pair of underscores.
func Option(name string) (section, param string) {
	rest, ok := strings.CutPrefix(name, optionPrefix)
	i := strings.LastIndex(rest, "__")
	if !ok || i < 1 || i+2 == len(rest) {
		return "", ""
	}
	dash := strings.NewReplacer("DASH", "-")
	return dash.Replace(rest[:i]), dash.Replace(rest[i+2:])
}

// Fallback is the variable whose value counts when this one is missing, "" for
// none.
func (v Variable) Fallback() string {
	name, ok := strings.CutPrefix(v.Default, "$")
	name, _, _ = strings.Cut(name, ",")
	if !ok || strings.Contains(name, " ") {
		return ""
	}
	return name
}
