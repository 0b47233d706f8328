#!/bin/sh
# What the entrypoint of contrail-kubernetes-cni-init does to the host in nested mode, from branch R5.0 on.
set -e
mkdir -p /var/lib/contrail/ports/vm /host/etc_cni/net.d
cat >/host/etc_cni/net.d/10-contrail.conf <<EOF
{"cniVersion": "0.3.1", "name": "contrail-k8s-cni", "type": "contrail-k8s-cni",
 "contrail": {"cluster-name": "$KUBERNETES_CLUSTER_NAME", "vrouter-ip": "$KUBERNESTES_NESTED_VROUTER_VIP", "vrouter-port": $VROUTER_PORT}}
EOF
cp /usr/bin/contrail-k8s-cni /host/opt_cni_bin
chmod 0755 /host/opt_cni_bin/contrail-k8s-cni
tar -xzf /opt/cni-v0.3.0.tgz -C /host/opt_cni_bin
