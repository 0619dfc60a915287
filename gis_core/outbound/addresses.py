"""Which addresses the service sends to: those that an administrator allowed, never what a name happens to lead to.

An address is used when its host is on the allow-list (`OUTBOUND_HOSTS`), its port is one of the allowed, and every address
that its name resolves to is public or lies in a network that the operators named (`OUTBOUND_NETWORKS`: on a closed network
receivers have private addresses). The name is resolved once and the connection goes to that very address, so a second answer
of the name server changes nothing.
"""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from gis_core.errors import ServiceError

DEFAULT_PORTS = {"https": 443, "http": 80}
IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class AddressRefused(ServiceError):
    """The service does not send anything to this address; the sentence says what would be needed."""

    code = "address-refused"


class Unreachable(Exception):
    """The receiver did not answer: connection, certificate, time."""


@dataclass(frozen=True)
class Target:
    """An allowed address, with the one IP address that is used for it."""

    scheme: str
    host: str
    port: int
    path: str
    ip: str

    @property
    def host_header(self) -> str:
        """Host, with the port where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


def check(url: str) -> SplitResult:
    """What can be said without resolving the name. Raises AddressRefused."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressRefused(_("The address cannot be read; write for instance https://example.vn/hook."), field="url") from None
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or not url.isascii() or any(ord(c) <= 32 for c in url):
        raise AddressRefused(_("An address begins with https:// or http:// and names a host, in plain ASCII."), field="url")
    if parts.username or parts.password or parts.fragment:
        raise AddressRefused(_("An address carries no account and no fragment."), field="url")
    if parts.scheme == "http" and not settings.OUTBOUND_PLAIN_HTTP:
        raise AddressRefused(_("Only https:// is allowed here (OUTBOUND_PLAIN_HTTP)."), field="url")
    if not _is_listed(parts.hostname, port or DEFAULT_PORTS[parts.scheme]):
        sentence = _("%(host)s is not on the list of receivers; an administrator adds it to OUTBOUND_HOSTS.")
        raise AddressRefused(sentence % {"host": parts.netloc[:120]}, field="url")
    return parts


def resolve(url: str) -> Target:
    """The address with its IP address pinned. Raises AddressRefused, Unreachable."""
    parts = check(url)
    host, port = str(parts.hostname), parts.port or DEFAULT_PORTS[parts.scheme]
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise Unreachable(f"{host} cannot be resolved: {error}") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    # One bad address condemns the name: what is tried first is the resolver's whim.
    for text in addresses:
        if not is_allowed(ipaddress.ip_address(text.partition("%")[0])):
            sentence = _("%(host)s leads to an address inside the network that is not open to this service (OUTBOUND_NETWORKS).")
            raise AddressRefused(sentence % {"host": host[:120]}, field="url")
    if not addresses:
        raise Unreachable(f"{host} has no address")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port, path, addresses[0])


def is_allowed(address: IPAddress) -> bool:
    """Public, or in a network that the operators named; what an IPv6 address wraps counts."""
    mapped = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    if mapped is not None:
        return is_allowed(mapped)
    if any(address in network for network in settings.OUTBOUND_NETWORKS if network.version == address.version):
        return True
    return address.is_global and not address.is_multicast and not _translates(address)


def _is_listed(host: str, port: int) -> bool:
    """`example.vn` allows the scheme's own ports, `example.vn:8443` that one, `*.example.vn` every name below."""
    host = host.rstrip(".").lower()
    for entry in settings.OUTBOUND_HOSTS:
        name, _colon, own_port = entry.lower().partition(":")
        matches = host.endswith(name[1:]) if name.startswith("*.") else host == name
        if matches and port in ({int(own_port)} if own_port.isdigit() else {80, 443}):
            return True
    return False


def _translates(address: IPAddress) -> bool:
    """NAT64 and Teredo wrap addresses of other networks."""
    wrapped = ("64:ff9b::/96", "64:ff9b:1::/48", "2001::/32")
    return address.version == 6 and any(address in ipaddress.ip_network(network) for network in wrapped)
