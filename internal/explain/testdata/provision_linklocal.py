#!/usr/bin/env python3
# Reads its arguments and its configuration file as Contrail's program of this name
# does (src/config/utils of contrail-controller), and prints what it got.
import argparse
import configparser
import json
import sys

words = " ".join(sys.argv[1:]).split()
first = argparse.ArgumentParser(add_help=False)
first.add_argument("-c", "--conf_file")
known, rest = first.parse_known_args(words)
values = {}
if known.conf_file:
    file = configparser.ConfigParser()
    file.read([known.conf_file])
    values.update(file.items("DEFAULTS"))
    if "KEYSTONE" in file.sections():
        values.update(file.items("KEYSTONE"))
parser = argparse.ArgumentParser(parents=[first])
parser.set_defaults(**values)
for name in ("api_server_ip", "api_server_port", "api_server_use_ssl", "linklocal_service_name", "linklocal_service_ip",
             "linklocal_service_port", "ipfabric_dns_service_name", "ipfabric_service_ip", "ipfabric_service_port",
             "oper", "admin_tenant_name", "admin_user", "admin_password"):
    parser.add_argument("--" + name)
got = vars(parser.parse_args(rest))
del got["conf_file"]
print(json.dumps({"arguments": sys.argv[1:], "got": {k: v for k, v in got.items() if v is not None}}, sort_keys=True))
