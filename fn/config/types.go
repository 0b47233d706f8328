package config

import (
	"net/netip"

	"github.com/nested-config/nested-config/fn/linklocal"
)

// Group and the rest name the API.
const (
	Group      = "nested.opencontrail.org"
	APIVersion = Group + "/v1alpha1"
	Kind       = "NestedConfig"

	LinkLocalMode  = "LinkLocal"
	FabricSNATMode = "FabricSNAT"
	DirectMode     = "Direct"

	Keystone = "keystone"
	NoAuth   = "noauth"

	ClusterAdmin = "ClusterAdmin"
	Overwrite    = "Overwrite"
)

// The tags of these types are the one description of every field: the decoder,
// the defaults and the schema all read them.
//
//	yaml:    the name
//	doc:     what the field means, for schema and import
//	default: taken when nothing else sets the field; of resources, the requests,
//	         as name=quantity; defaults, on a section, are those of its fields, as
//	         name=value
//	enum:    the allowed values, separated by commas
//	format:  a name of formats, what a string may be made of
//	min/max: the range of a number
//	require: "schema" where only this field can bring the value, "merged" where
//	         commonEnv may bring it and its lack is found out after the merge
//
// A section of Underlay that says where a role is has more:
//
//	protocol: what the role speaks, by its name in package verify
//	role:     its name, as the guide calls its link-local services
//	tls, when: the conditions (Spec.Meets) to reach it by TLS, or at all
//	inherit:  "true" where it is on the nodes of config unless it has its own; other
//	          roles without nodes are not there, as in configs older than the role

// Spec is the spec of a NestedConfig.
type Spec struct {
	Connectivity string      `yaml:"connectivity" enum:"LinkLocal,FabricSNAT,Direct" require:"schema" doc:"How the nested cluster reaches the underlay: LinkLocal, a service IP for every node; FabricSNAT, node addresses through the SNAT of the virtual network; Direct, the addresses are reachable as they are."`
	Release      string      `yaml:"release" format:"release" doc:"Contrail release of the images, such as R21.4; for compatibility warnings only."`
	Namespace    string      `yaml:"namespace" default:"kube-system" format:"label" doc:"Namespace of everything that is written."`
	LogLevel     string      `yaml:"logLevel" default:"SYS_NOTICE" enum:"SYS_EMERG,SYS_ALERT,SYS_CRIT,SYS_ERR,SYS_WARN,SYS_NOTICE,SYS_INFO,SYS_DEBUG" doc:"Log level; SYS_DEBUG prints passwords to the log."`
	Images       Images      `yaml:"images" doc:"Registry, tag and names of the images."`
	Underlay     Underlay    `yaml:"underlay" doc:"The Contrail cluster that carries the VMs, by its fabric addresses."`
	LinkLocal    LinkLocal   `yaml:"linkLocal" doc:"Service IPs of the link-local services."`
	Kubernetes   Kubernetes  `yaml:"kubernetes" doc:"Settings of the nested cluster."`
	Auth         Auth        `yaml:"auth" private:"true" doc:"How kube-manager authenticates to Contrail."`
	TLS          TLS         `yaml:"tls" doc:"Contrail's own TLS."`
	KubeManager  KubeManager `yaml:"kubeManager" doc:"The pod of kube-manager."`
	CNI          CNI         `yaml:"cni" doc:"The pods that install the CNI plugin."`
	RBAC         string      `yaml:"rbac" default:"LeastPrivilege" enum:"LeastPrivilege,ClusterAdmin" doc:"What kube-manager may do in the nested cluster; ClusterAdmin allows everything, as the old manifest did."`
	Nodes        []Node      `yaml:"nodes" doc:"The VMs of the nested cluster, for node preparation."`
	CommonEnv    string      `yaml:"commonEnv" format:"dotenv" doc:"Text of an existing common.env. A field overrides it, and it overrides the defaults."`
}

// Images says where the images come from.
type Images struct {
	Registry    string   `yaml:"registry" format:"registry" require:"merged" doc:"Registry and path, such as docker.io/opencontrailnightly."`
	Tag         string   `yaml:"tag" format:"tag" require:"merged" doc:"Tag of both images; required unless both have a digest."`
	PullPolicy  string   `yaml:"pullPolicy" default:"IfNotPresent" enum:"Always,IfNotPresent,Never" doc:"When the kubelet pulls the images."`
	PullSecrets []string `yaml:"pullSecrets" format:"name" doc:"Names of Secrets with the credentials of the registry."`
	Insecure    bool     `yaml:"insecure" doc:"The registry has no TLS; only node preparation uses this."`
	KubeManager Image    `yaml:"kubeManager" defaults:"name=contrail-kubernetes-kube-manager" doc:"The image of kube-manager."`
	CNIInit     Image    `yaml:"cniInit" defaults:"name=contrail-kubernetes-cni-init" doc:"The image with the CNI plugin."`
}

// Image is one image. Empty fields have the value of Images.
type Image struct {
	Name   string `yaml:"name" format:"imageName" doc:"Name below the registry."`
	Tag    string `yaml:"tag" format:"tag" doc:"Tag of this image alone."`
	Digest string `yaml:"digest" format:"digest" doc:"Digest, such as sha256:<64 hex digits>; it overrides a tag."`
}

// Underlay holds fabric addresses.
type Underlay struct {
	Name           string       `yaml:"name" format:"text" doc:"Name of the underlay; only configs with the same name are checked against each other."`
	Config         Role         `yaml:"config" protocol:"config API" role:"Contrail Config" tls:"tls.configAPI" defaults:"port=8082" doc:"Config API."`
	Analytics      Role         `yaml:"analytics" protocol:"TCP" role:"Contrail Analytics" inherit:"true" tls:"tls.sandesh" defaults:"port=8086" doc:"Collectors, not the analytics API; without nodes, the nodes of config."`
	RabbitMQ       RabbitMQ     `yaml:"rabbitmq" protocol:"AMQP" role:"Contrail Msg Queue" inherit:"true" tls:"tls.rabbitmq" private:"true" doc:"Message queue; without nodes, the nodes of config."`
	ConfigDB       Role         `yaml:"configDB" protocol:"Thrift" role:"Contrail VNC DB" inherit:"true" tls:"tls.configDB" defaults:"port=9161" doc:"Cassandra of the config, by Thrift; without nodes, the nodes of config."`
	Keystone       KeystoneHost `yaml:"keystone" protocol:"Keystone" role:"Keystone" tls:"auth.protocol=https" when:"auth.mode=keystone" doc:"Keystone; required with auth.mode keystone."`
	VRouter        VRouter      `yaml:"vrouter" protocol:"vRouter agent" doc:"The vRouter agent of each compute node."`
	VirtualNetwork Network      `yaml:"virtualNetwork" require:"merged" doc:"The virtual network of the VMs. kube-manager ignores every pod of a node outside it."`
}

// Role is a role of the underlay that several nodes may have.
type Role struct {
	Nodes []netip.Addr `yaml:"nodes" doc:"Fabric addresses, IPv4."`
	Port  int          `yaml:"port" min:"1" max:"65535" doc:"TCP port."`
}

// RabbitMQ is the message queue.
type RabbitMQ struct {
	Nodes             []netip.Addr `yaml:"nodes" doc:"Fabric addresses, IPv4."`
	Port              int          `yaml:"port" default:"5673" min:"1" max:"65535" doc:"TCP port; 5672 for images of tag r5.0."`
	VHost             string       `yaml:"vhost" default:"/" format:"text" doc:"Virtual host."`
	CredentialsSecret string       `yaml:"credentialsSecret" format:"name" doc:"Secret with RABBITMQ_USER and RABBITMQ_PASSWORD; without it, the image uses guest/guest."`
}

// KeystoneHost is where Keystone is.
type KeystoneHost struct {
	Host linklocal.Host `yaml:"host" format:"host" doc:"IPv4 address or DNS name."`
	Port int            `yaml:"port" default:"35357" min:"1" max:"65535" doc:"TCP port; 5000 if Keystone listens only there."`
}

// VRouter is the vRouter agent.
type VRouter struct {
	Port int `yaml:"port" default:"9091" min:"1" max:"65535" doc:"TCP port of the agent's REST API."`
}

// Network names a virtual network of Contrail.
type Network struct {
	Domain  string `yaml:"domain" format:"fqName" doc:"Domain, such as default-domain."`
	Project string `yaml:"project" format:"fqName" doc:"Project; if it does not exist, kube-manager creates it silently."`
	Name    string `yaml:"name" format:"fqName" doc:"Virtual network."`
}

// LinkLocal configures the service IPs.
type LinkLocal struct {
	Pool             netip.Prefix                  `yaml:"pool" doc:"Prefix from which service IPs are allocated; required if one is not pinned."`
	Exclude          []netip.Prefix                `yaml:"exclude" format:"addressOrPrefix" doc:"Addresses or prefixes of the pool that are already in use."`
	ServiceIPs       map[linklocal.Host]netip.Addr `yaml:"serviceIPs" keys:"host" doc:"Pinned service IPs, by fabric address or Keystone's host."`
	VRouterServiceIP netip.Addr                    `yaml:"vrouterServiceIP" doc:"Pinned service IP of the vRouter agent."`
	NamePrefix       string                        `yaml:"namePrefix" format:"namePrefix" doc:"Prefix of the name of every link-local service."`
}

// Kubernetes is the nested cluster.
type Kubernetes struct {
	APIServer          linklocal.Host `yaml:"apiServer" format:"host" require:"merged" doc:"The nested cluster's own API server, IPv4 or DNS name."`
	APIServerPort      int            `yaml:"apiServerPort" default:"6443" min:"1" max:"65535" doc:"TCP port."`
	ClusterName        string         `yaml:"clusterName" format:"clusterName" doc:"Prefix of everything that kube-manager creates, unique in the underlay; the name of the NestedConfig by default."`
	PodSubnets         []netip.Prefix `yaml:"podSubnets" default:"10.32.0.0/12" doc:"Subnets of pods."`
	ServiceSubnets     []netip.Prefix `yaml:"serviceSubnets" default:"10.96.0.0/12" doc:"Subnets of services; the API server's --service-cluster-ip-range."`
	IPFabricSubnets    []netip.Prefix `yaml:"ipFabricSubnets" default:"10.64.0.0/12" doc:"Subnets of pods with ip-fabric forwarding."`
	IPFabricForwarding bool           `yaml:"ipFabricForwarding" doc:"Pods get addresses of the fabric."`
	IPFabricSNAT       bool           `yaml:"ipFabricSNAT" doc:"SNAT for the pod network."`
	HostNetworkService bool           `yaml:"hostNetworkService" doc:"Services may select pods on the host network."`
	PublicFIPPool      FIPPool        `yaml:"publicFIPPool" doc:"Floating IPs of LoadBalancers and Ingresses."`
	Version            string         `yaml:"version" format:"kubernetesVersion" doc:"Kubernetes version of the nested cluster, such as \"1.34\": for compatibility warnings, and from 1.24 on kube-manager does not ask for nodes by the label node-role.kubernetes.io/master."`
}

// FIPPool names a floating IP pool of Contrail; all four or none.
type FIPPool struct {
	Domain  string `yaml:"domain" format:"fqName" doc:"Domain."`
	Project string `yaml:"project" format:"fqName" doc:"Project."`
	Network string `yaml:"network" format:"fqName" doc:"Virtual network."`
	Name    string `yaml:"name" format:"fqName" doc:"Pool."`
}

// Auth says how kube-manager authenticates.
type Auth struct {
	Mode              string `yaml:"mode" default:"keystone" enum:"keystone,noauth" doc:"keystone, or noauth."`
	CredentialsSecret string `yaml:"credentialsSecret" default:"contrail-credentials" format:"name" doc:"Secret with KEYSTONE_AUTH_ADMIN_USER and KEYSTONE_AUTH_ADMIN_PASSWORD."`
	Tenant            string `yaml:"tenant" default:"admin" format:"text" doc:"Project of the user."`
	URLVersion        string `yaml:"urlVersion" default:"/v3" enum:"/v3,/v2.0" doc:"Version of Keystone's API."`
	Protocol          string `yaml:"protocol" default:"http" enum:"http,https" doc:"Protocol of Keystone."`
	Region            string `yaml:"region" default:"RegionOne" format:"text" doc:"Region."`
	UserDomain        string `yaml:"userDomain" default:"Default" format:"text" doc:"Domain of the user."`
	ProjectDomain     string `yaml:"projectDomain" default:"Default" format:"text" doc:"Domain of the project."`
	Insecure          bool   `yaml:"insecure" doc:"Do not verify Keystone's certificate with https."`
	CASecret          string `yaml:"caSecret" format:"name" doc:"Secret with ca.pem, the CA of Keystone's certificate."`
}

// TLS is Contrail's own TLS.
type TLS struct {
	SecretName string `yaml:"secretName" default:"contrail-tls" format:"name" doc:"Secret with server.pem, server-privkey.pem and ca-cert.pem."`
	ConfigAPI  bool   `yaml:"configAPI" doc:"TLS to the config API."`
	Sandesh    bool   `yaml:"sandesh" doc:"TLS to the collectors."`
	Introspect bool   `yaml:"introspect" doc:"TLS for kube-manager's own introspect."`
	ConfigDB   bool   `yaml:"configDB" doc:"TLS to Cassandra."`
	RabbitMQ   bool   `yaml:"rabbitmq" doc:"TLS to RabbitMQ."`
}

// Enabled reports whether any switch is true.
func (t TLS) Enabled() bool {
	return t.ConfigAPI || t.Sandesh || t.Introspect || t.ConfigDB || t.RabbitMQ
}

// KubeManager is the pod of kube-manager.
type KubeManager struct {
	Resources    Resources         `yaml:"resources" default:"cpu=100m,memory=128Mi" doc:"Requests and limits; they replace all defaults, and {} sets none."`
	NodeSelector map[string]string `yaml:"nodeSelector" keys:"labelKey" format:"labelValue" doc:"Node labels to require, in addition to control-plane nodes."`
	Tolerations  []Toleration      `yaml:"tolerations" doc:"Tolerations in addition to those of control-plane nodes."`
	Env          map[string]string `yaml:"env" keys:"envName" format:"envValue" doc:"Additional environment variables."`
}

// CNI are the pods that install the CNI plugin.
type CNI struct {
	ParentInterface string            `yaml:"parentInterface" format:"interface" doc:"Parent of the macvlan interfaces; found by route when empty."`
	MTU             int               `yaml:"mtu" min:"0" max:"65535" doc:"MTU of pods in bytes; 0 leaves it to the image."`
	MetaPlugin      string            `yaml:"metaPlugin" default:"multus" format:"metaPlugin" doc:"Meta plugin that may call this plugin."`
	Resources       Resources         `yaml:"resources" default:"cpu=10m,memory=32Mi" doc:"Requests and limits; they replace all defaults, and {} sets none."`
	Tolerations     []Toleration      `yaml:"tolerations" doc:"Tolerations in addition to the one that tolerates every taint."`
	Env             map[string]string `yaml:"env" keys:"envName" format:"envValue" doc:"Additional environment variables."`
	HostPlugins     string            `yaml:"hostPlugins" default:"Keep" enum:"Keep,Overwrite" doc:"Overwrite lets the image unpack its plugins of 2016 over the host's."`
}

// Resources are requests and limits of a container.
type Resources struct {
	Requests map[string]Quantity `yaml:"requests" keys:"labelKey" doc:"Resources that are reserved."`
	Limits   map[string]Quantity `yaml:"limits" keys:"labelKey" doc:"Resources that are allowed."`
}

// Quantity is a quantity as Kubernetes writes it: 500m, 128Mi, 2.
type Quantity string

// Toleration is a toleration of Kubernetes.
type Toleration struct {
	Key               string `yaml:"key" format:"labelKey" doc:"Taint key; if it is empty and operator is Exists, every taint is tolerated."`
	Operator          string `yaml:"operator" enum:"Exists,Equal" doc:"Operator, Equal by default."`
	Value             string `yaml:"value" format:"labelValue" doc:"Taint value."`
	Effect            string `yaml:"effect" enum:"NoSchedule,PreferNoSchedule,NoExecute" doc:"Taint effect; if it is empty, every effect matches."`
	TolerationSeconds *int64 `yaml:"tolerationSeconds" doc:"Seconds, with NoExecute only."`
}

// Node is a VM of the nested cluster.
type Node struct {
	Name string     `yaml:"name" format:"name" require:"schema" doc:"Host name."`
	IP   netip.Addr `yaml:"ip" require:"schema" doc:"Address in the virtual network."`
}
