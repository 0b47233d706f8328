package verify

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"syscall"
)

// explain says what was seen, and in one line what it is likely to come from.
// The causes are those that users of nested mode are known to have met.
func explain(t Target, err error) (problem, cause string) {
	var f failure
	if !errors.As(err, &f) {
		return err.Error(), ""
	}
	var network net.Error
	var name *net.DNSError
	timeout := errors.As(err, &network) && network.Timeout()
	switch {
	case errors.As(err, &name):
		return "no address for " + t.Host, "the name is not known here: correct it, or this resolver"
	case f.stage == connecting && timeout:
		return "no answer", dropped(t)
	case errors.Is(err, errRefused):
		return "connection refused", refused(t)
	case errors.Is(err, errHostUnreach), errors.Is(err, errNetUnreach):
		return "no route", "the underlay has no route for it in this network: run this on a node of the nested cluster; the link-local entry may be missing"
	case f.stage == securing:
		return secured(err)
	case timeout:
		return "connected, no greeting", "whoever listens there speaks something else, or TLS (spec.tls, spec.auth.protocol)"
	case errors.Is(err, errReset), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.EPIPE):
		return "connection closed", "it speaks TLS and the config says it does not (spec.tls, spec.auth.protocol), or the fabric port is another service's"
	case f.stage == reading:
		return err.Error(), misled(t)
	}
	return err.Error(), ""
}

// dropped is for packets that nobody answers.
func dropped(t Target) string {
	switch {
	case t.Fabric != "":
		return "no link-local entry has this address and port (packets are dropped, not refused; see underlay plan), or " + t.Fabric + " does not answer the compute node, or the VM's port has disable_policy"
	case t.SNAT:
		return "fabric_snat is off, or there are no port translation pools (flows are dropped without), or a firewall keeps compute nodes out"
	}
	return "no route or a firewall between this network and the underlay"
}

func refused(t Target) string {
	switch t.Protocol {
	case Agent:
		return "the agent listens on 127.0.0.1 alone (releases before the fix of CEM-11804), or the entry's fabric address is not 127.0.0.1"
	case AMQP:
		return "RabbitMQ listens on the other of 5672 and 5673 (spec.underlay.rabbitmq.port), or is down"
	case Keystone:
		return "this Keystone has only the other of 35357 and 5000 (spec.underlay.keystone.port), or is down"
	}
	return "nothing listens at the other end: the service is down, or the port is wrong"
}

func misled(t Target) string {
	switch {
	case t.Protocol == Keystone && t.Path != "/":
		return "this Keystone has the other of /v3 and /v2.0 (spec.auth.urlVersion), or another service answers"
	case t.Fabric != "":
		return "another service answers: of two entries with one address and port the agent takes the first (see underlay plan), or the fabric port is wrong"
	}
	return "another service answers: the port is wrong"
}

func secured(err error) (problem, cause string) {
	var certificate *tls.CertificateVerificationError
	var host x509.HostnameError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &host):
		return "certificate is for another name", "a certificate for a link-local service must hold the service IP, or the config its DNS name"
	case errors.As(err, &certificate):
		return "certificate is not trusted", "give the CA that signed it with --ca-cert"
	case errors.As(err, &record):
		return "it speaks no TLS", "the config says that it does (spec.tls, spec.auth.protocol)"
	}
	return "TLS fails: " + err.Error(), "it may speak no TLS at all, or an old version of it"
}
