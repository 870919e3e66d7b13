"""What matters here of Google's guest agent, old or new: it keeps a local route for every alias range and every load balancer address, unless its
configuration says otherwise. It reads the configuration once, when it starts.
https://github.com/GoogleCloudPlatform/guest-agent: google_guest_agent/addresses.go
https://github.com/GoogleCloudPlatform/google-guest-agent: internal/network/route/route_linux.go"""
import configparser
import json
import os
import socket
import subprocess
import time
import urllib.request

INTERFACE = "http://169.254.169.254/computeMetadata/v1/instance/network-interfaces/0/"
WAIT = INTERFACE + "?recursive=true&timeout_sec=60&wait_for_change=true&last_etag="
# The last one wins: defaultDataSources() of both cfg.go.
CONFIG = ["/etc/default/instance_configs.cfg" + end for end in ("", ".distro", ".template")]


def notify_ready():
    """For units of Type=notify."""
    if "NOTIFY_SOCKET" in os.environ:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
            systemd.sendto(b"READY=1", os.environ["NOTIFY_SOCKET"])


def keep(any_protocol, done):
    """Keeps the routes, and calls `done` each time that they are there. They are marked with protocol 66. `any_protocol`: one that somebody
    else made will do."""
    config = configparser.ConfigParser()
    config.read(CONFIG)
    etag = "none"
    while True:
        try:
            request = urllib.request.Request(WAIT + etag, headers={"Metadata-Flavor": "Google"})
            answer = urllib.request.urlopen(request, timeout=70)
            interface, etag = json.load(answer), answer.headers["ETag"]
        except (OSError, ValueError):
            time.sleep(2)
            continue
        # Also when nothing has changed for a minute: somebody may have changed the routes.
        own, wanted = _present("proto", "66"), _wanted(config, interface)
        for range_ in own - wanted:
            _route("delete", range_)
        for range_ in wanted - (_present() if any_protocol else own):
            # Refused while there is any other route for the same range, such as `throw`: that is logged, and tried again the next time.
            _route("add", range_)
        done()


def _present(*of):
    """The ranges that have a local route."""
    command = ["ip", "route", "list", "table", "local", "type", "local", "dev", "ens4", "scope", "host", *of]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    return {line.removeprefix("local ").split()[0] for line in lines}


def _wanted(config, interface):
    """The ranges and addresses that should have one."""

    def enabled(section, key):
        return config.getboolean(section, key, fallback=True)

    if not enabled("NetworkInterfaces", "ip_forwarding") or not enabled("Daemons", "network_daemon"):
        return set()
    ranges = set(interface.get("forwardedIps", []))
    if enabled("IpForwarding", "ip_aliases"):
        ranges |= set(interface.get("ipAliases", []))
    if enabled("IpForwarding", "target_instance_ips"):
        ranges |= set(interface.get("targetInstanceIps", []))
    return ranges


def _route(verb, range_):
    subprocess.run(["ip", "route", verb, "to", "local", range_, "scope", "host", "dev", "ens4", "proto", "66"], check=False)
