// Package env is the contract with the two images: every environment variable that
// they read, the field of a NestedConfig that holds it, the image's default, and
// the first release that reads it. It is data, without YAML or Kubernetes.
//
// Source: the entrypoints of contrail-kubernetes-kube-manager and
// contrail-kubernetes-cni-init with their common.sh and contrail-functions.sh,
// R5.0 to tf master.
package env

import (
	"iter"
	"slices"
)

// Conditions of Variable.When.
const (
	withKeystone = "auth.mode=keystone"
	anyTLS       = "tls"
)

// KeystoneCAFile is where the CA of Keystone is mounted.
const KeystoneCAFile = "/etc/contrail/keystone/ca.pem"

// Names that are used in more than one place. The name for the vRouter agent is
// misspelt in every release of the images, so the contract has the misspelt name.
const (
	NestedMode          = "KUBEMANAGER_NESTED_MODE"
	Orchestrator        = "CLOUD_ORCHESTRATOR"
	TokenFile           = "K8S_TOKEN_FILE"
	Token               = "K8S_TOKEN"
	VRouterVIP          = "KUBERNESTES_NESTED_VROUTER_VIP"
	VRouterVIPTypo      = "KUBERNETES_NESTED_VROUTER_VIP"
	ControllerNodes     = "CONTROLLER_NODES"
	ControlNodes        = "CONTROL_NODES"
	ConfigNodes         = "CONFIG_NODES"
	AnalyticsNodes      = "ANALYTICS_NODES"
	RabbitMQNodes       = "RABBITMQ_NODES"
	ConfigDBNodes       = "CONFIGDB_NODES"
	KeystoneHost        = "KEYSTONE_AUTH_HOST"
	KeystoneURLVersion  = "KEYSTONE_AUTH_URL_VERSION"
	RabbitMQPort        = "RABBITMQ_NODE_PORT"
	KeystoneUser        = "KEYSTONE_AUTH_ADMIN_USER"
	KeystonePassword    = "KEYSTONE_AUTH_ADMIN_PASSWORD"
	KeystoneCA          = "KEYSTONE_AUTH_CA_CERTFILE"
	RabbitMQUser        = "RABBITMQ_USER"
	RabbitMQPassword    = "RABBITMQ_PASSWORD"
	AuthMode            = "AUTH_MODE"
	ClusterName         = "KUBERNETES_CLUSTER_NAME"
	ClusterNetwork      = "KUBERNETES_CLUSTER_NETWORK"
	FIPPool             = "KUBERNETES_PUBLIC_FIP_POOL"
	SSLEnable           = "SSL_ENABLE"
	Registry            = "CONTRAIL_REGISTRY"
	ContainerTag        = "CONTRAIL_CONTAINER_TAG"
	PullSecret          = "KUBERNETES_SECRET_CONTRAIL_REPO"
	SSLInsecure         = "SSL_INSECURE"
	ServerCACertfile    = "SERVER_CA_CERTFILE"
	ServerCertfile      = "SERVER_CERTFILE"
	ServerKeyfile       = "SERVER_KEYFILE"
	LogLevel            = "LOG_LEVEL"
	APIServer           = "KUBERNETES_API_SERVER"
	APISecurePort       = "KUBERNETES_API_SECURE_PORT"
	ClusterProject      = "KUBERNETES_CLUSTER_PROJECT"
	PodSubnets          = "KUBERNETES_POD_SUBNETS"
	ServiceSubnets      = "KUBERNETES_SERVICE_SUBNETS"
	IPFabricSubnets     = "KUBERNETES_IP_FABRIC_SUBNETS"
	IPFabricForwarding  = "KUBERNETES_IP_FABRIC_FORWARDING"
	IPFabricSNAT        = "KUBERNETES_IP_FABRIC_SNAT"
	HostNetworkService  = "KUBERNETES_HOST_NETWORK_SERVICE"
	ConfigAPIPort       = "CONFIG_API_PORT"
	CollectorPort       = "COLLECTOR_PORT"
	ConfigDBPort        = "CONFIGDB_PORT"
	KeystoneAdminPort   = "KEYSTONE_AUTH_ADMIN_PORT"
	KeystoneProto       = "KEYSTONE_AUTH_PROTO"
	KeystoneAdminTenant = "KEYSTONE_AUTH_ADMIN_TENANT"
	KeystoneRegionName  = "KEYSTONE_AUTH_REGION_NAME"
	KeystoneInsecure    = "KEYSTONE_AUTH_INSECURE"
	VRouterPort         = "VROUTER_PORT"
	PhysicalInterface   = "PHYSICAL_INTERFACE"
	ContrailVersion     = "CONTRAIL_VERSION"
	K8SVersion          = "K8S_VERSION"
	MetadataProxySecret = "METADATA_PROXY_SECRET"
)

// Contract gives the whole contract, in the order in which the variables are
// written.
func Contract() iter.Seq[Variable] { return slices.Values(contract) }

var contract = []Variable{
	// What the pod is.
	{Name: NestedMode, Images: both, Default: "0", Constant: "1"},
	{Name: Orchestrator, Images: KubeManager, Default: "none", Constant: "kubernetes"},
	{Name: LogLevel, Field: "logLevel", Images: both, Default: "SYS_NOTICE"},
	{Name: "LOG_LOCAL", Kind: Int, Images: KubeManager, Default: "1"},
	{Name: "LOG_DIR", Images: both, Default: "/var/log/contrail", Readers: "kube-manager all, CNI R1909+"},
	{Name: "CONTAINER_LOG_DIR", Images: KubeManager, Default: "/var/log/contrail/kubernetes-kube-manager", Since: "R1912", Readers: "R1912, R2005, R2008+"},
	{Name: "INTROSPECT_LISTEN_ALL", Kind: Bool, Images: KubeManager, Default: "True", Since: "v5.1"},
	{Name: "KUBEMANAGER_NODES", Kind: Nodes, Images: KubeManager, Fallback: ConfigNodes, Since: "v5.1"},
	{Name: "STATS_COLLECTOR_DESTINATION_PATH", Images: KubeManager, Since: "v5.1"},
	{Name: "CONTRAIL_UID", Kind: Int, Images: KubeManager, Default: "1999", Since: "R5.1", Readers: "R5.1, R1909+"},
	{Name: "CONTRAIL_GID", Kind: Int, Images: KubeManager, Default: "1999", Since: "R5.1", Readers: "R5.1, R1909+"},

	// The nested cluster.
	{Name: TokenFile, Images: KubeManager, Default: "/var/run/secrets/kubernetes.io/serviceaccount/token", Constant: "/tmp/serviceaccount/token"},
	{Name: Token, Images: KubeManager, DefaultText: "the content of K8S_TOKEN_FILE", Credential: true},
	{Name: APIServer, Field: "kubernetes.apiServer", Images: KubeManager, DefaultText: "the node's own address"},
	{Name: APISecurePort, Field: "kubernetes.apiServerPort", Kind: Int, Images: KubeManager, Default: "6443"},
	{Name: "KUBERNETES_API_PORT", Kind: Int, Images: KubeManager, Default: "8080"},
	{Name: ClusterName, Field: "kubernetes.clusterName", Images: both, Default: "k8s", Readers: "kube-manager all, CNI R2008+"},
	{Name: ClusterNetwork, Field: "underlay.virtualNetwork", Kind: Dict, Images: KubeManager, Default: "{}"},
	{Name: ClusterProject, Kind: Dict, Images: KubeManager, Default: "{}"},
	{Name: "KUBERNETES_CLUSTER_DOMAIN", Images: KubeManager, Default: "default-domain", Since: "R2011"},
	{Name: PodSubnets, Field: "kubernetes.podSubnets", Kind: Words, Images: KubeManager, Default: "10.32.0.0/12"},
	{Name: ServiceSubnets, Field: "kubernetes.serviceSubnets", Kind: Words, Images: KubeManager, Default: "10.96.0.0/12"},
	{Name: IPFabricSubnets, Field: "kubernetes.ipFabricSubnets", Kind: Words, Images: KubeManager, Default: "10.64.0.0/12"},
	{Name: IPFabricForwarding, Field: "kubernetes.ipFabricForwarding", Kind: Bool, Images: KubeManager, Default: "false"},
	{Name: IPFabricSNAT, Field: "kubernetes.ipFabricSNAT", Kind: Bool, Images: KubeManager, Default: "false"},
	{Name: HostNetworkService, Field: "kubernetes.hostNetworkService", Kind: Bool, Images: KubeManager, Default: "false", Since: "R5.0"},
	{Name: FIPPool, Field: "kubernetes.publicFIPPool", Kind: Dict, Images: KubeManager, Default: "{}"},

	// The underlay. CONTROLLER_NODES is the fallback of every list.
	{Name: ControllerNodes, From: "underlay.config.nodes", Instead: "underlay.config.nodes", Kind: Nodes, Images: both, DefaultText: "the node's own address"},
	{Name: ConfigNodes, Field: "underlay.config.nodes", Kind: Nodes, Images: both, Fallback: ControllerNodes},
	{Name: ConfigAPIPort, Field: "underlay.config.port", Kind: Int, Images: KubeManager, Default: "8082"},
	{Name: AnalyticsNodes, Field: "underlay.analytics.nodes", Kind: Nodes, Images: KubeManager, Fallback: ControllerNodes},
	{Name: CollectorPort, Field: "underlay.analytics.port", Kind: Int, Images: KubeManager, Default: "8086"},
	{Name: "COLLECTOR_SERVERS", Instead: "underlay.analytics", Images: KubeManager, DefaultText: "$ANALYTICS_NODES with $COLLECTOR_PORT"},
	{Name: RabbitMQNodes, Field: "underlay.rabbitmq.nodes", Kind: Nodes, Images: KubeManager, Fallback: ConfigDBNodes},
	{Name: RabbitMQPort, Field: "underlay.rabbitmq.port", Kind: Int, Images: KubeManager, DefaultText: "5673 (r5.0: 5672)"},
	{Name: "RABBITMQ_VHOST", Field: "underlay.rabbitmq.vhost", Images: KubeManager, Default: "/"},
	{Name: RabbitMQUser, Images: KubeManager, Default: "guest", Credential: true, Secret: "underlay.rabbitmq.credentialsSecret"},
	{Name: RabbitMQPassword, Images: KubeManager, Default: "guest", Credential: true, Secret: "underlay.rabbitmq.credentialsSecret"},
	// Its default moved from 10 to 60 in tf master.
	{Name: "RABBITMQ_HEARTBEAT_INTERVAL", Kind: Int, Images: KubeManager, DefaultText: "10 (tf master: 60)", Preset: "60", Since: "R5.0"},
	{Name: ConfigDBNodes, Field: "underlay.configDB.nodes", Kind: Nodes, Images: KubeManager, Fallback: ConfigNodes},
	{Name: ConfigDBPort, Field: "underlay.configDB.port", Kind: Int, Images: KubeManager, Default: "9161"},
	{Name: "CONFIGDB_SERVERS", Instead: "underlay.configDB", Images: KubeManager, DefaultText: "$CONFIGDB_NODES with $CONFIGDB_PORT"},

	// Keystone.
	{Name: AuthMode, Field: "auth.mode", Images: KubeManager, Default: "noauth"},
	{Name: KeystoneHost, Field: "underlay.keystone.host", When: withKeystone, Kind: Fabric, Images: KubeManager, Default: "127.0.0.1"},
	{Name: KeystoneAdminPort, Field: "underlay.keystone.port", When: withKeystone, Kind: Int, Images: KubeManager, Default: "35357"},
	{Name: KeystoneProto, Field: "auth.protocol", When: withKeystone, Images: KubeManager, Default: "http"},
	{Name: KeystoneURLVersion, Field: "auth.urlVersion", When: withKeystone, Images: KubeManager, DefaultText: "/v3 (r5.0: /v2.0)"},
	{Name: KeystoneAdminTenant, Field: "auth.tenant", When: withKeystone, Images: KubeManager, Default: "admin"},
	{Name: KeystoneUser, Images: KubeManager, Default: "admin", Credential: true, Secret: "auth.credentialsSecret"},
	{Name: KeystonePassword, Images: KubeManager, Default: "contrail123", Credential: true, Secret: "auth.credentialsSecret"},
	{Name: "KEYSTONE_AUTH_USER_DOMAIN_NAME", Field: "auth.userDomain", When: withKeystone, Images: KubeManager, Default: "Default"},
	{Name: "KEYSTONE_AUTH_PROJECT_DOMAIN_NAME", Field: "auth.projectDomain", When: withKeystone, Images: KubeManager, Default: "Default"},
	{Name: KeystoneRegionName, Field: "auth.region", When: withKeystone, Images: KubeManager, Default: "RegionOne"},
	{Name: KeystoneInsecure, Field: "auth.insecure", When: withKeystone, Kind: Bool, Images: KubeManager, Fallback: SSLInsecure, DefaultText: "$SSL_INSECURE, which is True"},
	{Name: KeystoneCA, When: withKeystone + ",auth.caSecret", Preset: KeystoneCAFile, Images: KubeManager},
	{Name: "KEYSTONE_AUTH_CERTFILE", Images: KubeManager},
	{Name: "KEYSTONE_AUTH_KEYFILE", Images: KubeManager},
	{Name: "KEYSTONE_AUTH_ENDPOINT_TYPE", Images: KubeManager, Since: "R1912"},
	{Name: "KEYSTONE_AUTH_SYNC_ON_DEMAND", Images: KubeManager, Since: "R1912"},
	{Name: "KEYSTONE_AUTH_INTERFACE", Images: KubeManager, Since: "master"},

	// Contrail's own TLS. SSL_ENABLE would be the default of three switches, so
	// each is written on its own.
	{Name: "CONFIG_API_SSL_ENABLE", Field: "tls.configAPI", When: anyTLS, Kind: Bool, Images: KubeManager, Fallback: SSLEnable, Since: "v5.1"},
	{Name: "SANDESH_SSL_ENABLE", Field: "tls.sandesh", When: anyTLS, Kind: Bool, Images: KubeManager, Fallback: SSLEnable, Since: "R5.0"},
	{Name: "INTROSPECT_SSL_ENABLE", Field: "tls.introspect", When: anyTLS, Kind: Bool, Images: KubeManager, Fallback: SSLEnable, Since: "R5.0"},
	{Name: "CASSANDRA_SSL_ENABLE", Field: "tls.configDB", When: anyTLS, Kind: Bool, Images: KubeManager, Default: "false", Since: "v5.1"},
	{Name: "RABBITMQ_USE_SSL", Field: "tls.rabbitmq", When: anyTLS, Kind: Bool, Images: KubeManager, Default: "False"},
	{Name: SSLEnable, Instead: "tls", Kind: Bool, Images: KubeManager, Default: "False"},
	{Name: SSLInsecure, Kind: Bool, Images: KubeManager, Default: "True"},
	{Name: ServerCertfile, Images: KubeManager, Default: "/etc/contrail/ssl/certs/server.pem"},
	{Name: ServerKeyfile, Images: KubeManager, Default: "/etc/contrail/ssl/private/server-privkey.pem"},
	{Name: ServerCACertfile, Images: KubeManager, Default: "/etc/contrail/ssl/certs/ca-cert.pem"},
	{Name: "CONFIG_API_SERVER_CA_CERTFILE", Images: KubeManager, Fallback: ServerCACertfile, Since: "v5.1"},
	{Name: "CASSANDRA_SSL_CA_CERTFILE", Images: KubeManager, Fallback: ServerCACertfile, Since: "v5.1"},
	{Name: "SANDESH_CERTFILE", Images: KubeManager, Fallback: ServerCertfile, Since: "R5.0"},
	{Name: "SANDESH_KEYFILE", Images: KubeManager, Fallback: ServerKeyfile, Since: "R5.0"},
	{Name: "SANDESH_CA_CERTFILE", Images: KubeManager, Fallback: ServerCACertfile, Since: "R5.0"},
	{Name: "SANDESH_SERVER_CERTFILE", Images: KubeManager, Fallback: ServerCertfile, Since: "R21.4"},
	{Name: "SANDESH_SERVER_KEYFILE", Images: KubeManager, Fallback: ServerKeyfile, Since: "R21.4"},
	{Name: "SANDESH_SERVER_CA_CERTFILE", Images: KubeManager, Fallback: ServerCACertfile, Since: "R21.4"},
	// Its default moved from none over sslv23; every release takes this one.
	{Name: "RABBITMQ_SSL_VER", When: "tls.rabbitmq", Preset: "tlsv1.2", Images: KubeManager, DefaultText: "tlsv1.2 (R5.0: none, v5.1 to R2003: sslv23)"},
	{Name: "RABBITMQ_CLIENT_SSL_CERTFILE", Images: KubeManager, Fallback: ServerCertfile},
	{Name: "RABBITMQ_CLIENT_SSL_KEYFILE", Images: KubeManager, Fallback: ServerKeyfile},
	{Name: "RABBITMQ_CLIENT_SSL_CACERTFILE", Images: KubeManager, Fallback: ServerCACertfile},

	// The CNI plugin and the vRouter agent.
	{Name: VRouterVIP, Field: "linkLocal.vrouterServiceIP", Kind: Agent, Images: CNI},
	{Name: VRouterPort, Field: "underlay.vrouter.port", Kind: Int, Images: CNI, Default: "9091"},
	{Name: PhysicalInterface, Field: "cni.parentInterface", Images: CNI, DefaultText: "found by the routes below", Since: "R5.0"},
	{Name: "VROUTER_GATEWAY", Images: CNI, Since: "R5.0"},
	// What the CNI image finds the parent interface by: any address that is routed
	// through the node's data NIC.
	{Name: ControlNodes, From: "underlay.config.nodes", Kind: Nodes, Images: CNI, Fallback: ConfigNodes, Since: "R5.0"},
	{Name: "L3MH_CIDR", Images: CNI, Readers: "late releases"},
	{Name: "KUBERNETES_CNI_META_PLUGIN", Field: "cni.metaPlugin", Images: CNI, Default: "multus", Since: "R2008"},
	{Name: "VROUTER_MTU", Field: "cni.mtu", Kind: Int, Images: CNI, Default: "1500", Since: "master", Older: "the image keeps 1500"},

	// Where the images come from: not environment, but part of common.env.
	{Name: Registry, Field: "images.registry"},
	{Name: ContainerTag, Field: "images.tag"},
	{Name: PullSecret, Field: "images.pullSecrets", Since: "R5.0"},

	// Known, but not read in nested mode.
	{Name: "CONFIG_API_VIP"}, {Name: "ANALYTICS_API_VIP"}, {Name: "KEYSTONE_AUTH_PUBLIC_PORT", Kind: Int},
	{Name: "ZOOKEEPER_NODES", Kind: Nodes}, {Name: "ZOOKEEPER_PORT", Kind: Int}, {Name: "ZOOKEEPER_SERVERS"},
	{Name: "HOST_IP"}, {Name: "DEBUG"}, {Name: ContrailVersion}, {Name: "OPENSTACK_VERSION"},
	{Name: "_CONTRAIL_REGISTRY_IP"}, {Name: K8SVersion}, {Name: MetadataProxySecret, Credential: true},
	{Name: "AAA_MODE"}, {Name: "CONFIG_API_SERVER_PORT", Kind: Int}, {Name: "ANALYTICSDB_NODES", Kind: Nodes},
	{Name: "ANALYTICS_SNMP_NODES", Kind: Nodes}, {Name: "ANALYTICS_ALARM_NODES", Kind: Nodes},
	{Name: "WEBUI_NODES", Kind: Nodes}, {Name: "KAFKA_NODES", Kind: Nodes}, {Name: "REDIS_NODES", Kind: Nodes},
	{Name: "ENCAP_PRIORITY"}, {Name: "CONTRAIL_REGISTRY_INSECURE"}, {Name: "LINUX_DISTR"},
}
