"""The one way out: what is sent where, and everything that is refused."""

import ipaddress
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from gis_core.outbound import client
from gis_core.outbound.addresses import AddressRefused, Unreachable, check, is_allowed, resolve
from gis_core.outbound.client import post

Settings = Any


class _Receiver(BaseHTTPRequestHandler):
    """Remembers what came; answers by path."""

    def do_POST(self) -> None:
        """One request."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((self.path, dict(self.headers), body))  # type: ignore[attr-defined]
        self.send_response(302 if self.path == "/elsewhere" else 200)
        if self.path == "/elsewhere":
            self.send_header("Location", "/inner")
        self.end_headers()
        self.wfile.write(b"x" * (client.MAX_ANSWER * 2 if self.path == "/long" else 2))

    def log_message(self, *_args: object) -> None:
        """Silence."""


@pytest.fixture
def receiver(settings: Settings) -> Iterator[HTTPServer]:
    """A receiver on the loopback, which only this test's settings allow."""
    server = HTTPServer(("127.0.0.1", 0), _Receiver)
    server.seen = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.OUTBOUND_HOSTS = [f"127.0.0.1:{server.server_port}", f"hook.test:{server.server_port}"]
    settings.OUTBOUND_NETWORKS = [ipaddress.ip_network("127.0.0.0/8")]
    settings.OUTBOUND_PLAIN_HTTP = True
    yield server
    server.shutdown()
    server.server_close()


def _url(server: HTTPServer, path: str = "/hook", host: str = "127.0.0.1") -> str:
    return f"http://{host}:{server.server_port}{path}"


def test_what_is_allowed_arrives(receiver: HTTPServer) -> None:
    """With its headers and its body."""
    answer = post(_url(receiver), b"{}", {"X-Own": "1"})
    path, headers, body = receiver.seen[0]  # type: ignore[attr-defined]
    assert (answer.status, answer.body, path, headers["X-Own"], body) == (200, b"xx", "/hook", "1", b"{}")


def test_a_redirect_is_not_followed(receiver: HTTPServer) -> None:
    """It would lead round the list."""
    assert post(_url(receiver, "/elsewhere"), b"", {}).status == 302
    assert [path for path, *_ in receiver.seen] == ["/elsewhere"]  # type: ignore[attr-defined]


def test_a_long_answer_is_cut(receiver: HTTPServer) -> None:
    """Nobody fills our memory."""
    assert len(post(_url(receiver, "/long"), b"", {}).body) == client.MAX_ANSWER


def test_a_name_is_asked_once(receiver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name server that answers differently the second time (DNS rebinding) is never asked a second time."""
    asked: list[str] = []

    def answers(host: str, port: int, **_rest: object) -> list[Any]:
        asked.append(host)
        ip = "127.0.0.1" if len(asked) == 1 else "10.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port))]

    monkeypatch.setattr(socket, "getaddrinfo", _only_for("hook.test", answers))
    assert post(_url(receiver, host="hook.test"), b"", {}).status == 200
    assert asked == ["hook.test"]
    assert receiver.seen[0][1]["Host"] == f"hook.test:{receiver.server_port}"  # type: ignore[attr-defined]


def _only_for(host: str, answers: Callable[..., Any]) -> Callable[..., Any]:
    real = socket.getaddrinfo
    return lambda name, port, *rest, **named: answers(name, port) if name == host else real(name, port, *rest, **named)


def test_one_inner_address_condemns_a_name(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many public ones stand beside it."""
    settings.OUTBOUND_HOSTS = ["mixed.test"]
    mixed = [(2, 1, 6, "", ("93.184.216.34", 443)), (2, 1, 6, "", ("192.168.1.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: mixed)
    with pytest.raises(AddressRefused, match="OUTBOUND_NETWORKS"):
        resolve("https://mixed.test/")


@pytest.mark.parametrize(
    "url",
    [
        *("ftp://example.vn/", "file:///etc/passwd", "gopher://example.vn/", "//example.vn/", "https:///x", "javascript:1", ""),
        *("https://user:secret@example.vn/", "https://example.vn/#x", "https://example.vn:99999/", "https://exam\nple.vn/"),
        *("https://other.vn/", "https://example.vn.other.vn/", "https://example.vn:8443/", "https://[::1]/", "https://éxample.vn/"),
        "http://example.vn/",
    ],
)
def test_refused_before_any_name_is_resolved(settings: Settings, url: str) -> None:
    """Schemes, accounts, ports, hosts that are not listed."""
    settings.OUTBOUND_HOSTS = ["example.vn"]
    settings.OUTBOUND_PLAIN_HTTP = False
    with pytest.raises(AddressRefused):
        check(url)


@pytest.mark.parametrize(
    ("entry", "url", "listed"),
    [
        ("example.vn", "https://example.vn/", True),
        ("example.vn", "https://EXAMPLE.vn./", True),
        ("example.vn:8443", "https://example.vn:8443/", True),
        ("example.vn:8443", "https://example.vn/", False),
        ("*.example.vn", "https://a.b.example.vn/", True),
        ("*.example.vn", "https://example.vn/", False),
        ("*.example.vn", "https://badexample.vn/", False),
    ],
)
def test_the_list_of_hosts(settings: Settings, entry: str, url: str, listed: bool) -> None:
    """Exact names, ports, names below."""
    settings.OUTBOUND_HOSTS = [entry]
    if listed:
        assert check(url).hostname
    else:
        with pytest.raises(AddressRefused):
            check(url)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.1.2.3", "224.0.0.1", "255.255.255.255"),
        *("::1", "::", "fe80::1", "fd00::1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a00:1", "2002:a00:1::", "ff02::1"),
    ],
)
def test_inner_addresses_are_closed(settings: Settings, address: str) -> None:
    """Also those that another notation wraps."""
    settings.OUTBOUND_NETWORKS = []
    assert not is_allowed(ipaddress.ip_address(address))


def test_a_named_network_opens_its_own_addresses_alone(settings: Settings) -> None:
    """Receivers of a closed network."""
    settings.OUTBOUND_NETWORKS = [ipaddress.ip_network("10.20.0.0/16")]
    assert is_allowed(ipaddress.ip_address("10.20.1.1"))
    assert is_allowed(ipaddress.ip_address("8.8.8.8"))
    assert not is_allowed(ipaddress.ip_address("10.21.1.1"))


def test_a_receiver_that_drips_is_cut_off(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """One byte now and then keeps no worker."""
    settings.OUTBOUND_NETWORKS = [ipaddress.ip_network("127.0.0.0/8")]
    settings.OUTBOUND_PLAIN_HTTP = True
    monkeypatch.setattr(client, "TOTAL_SECONDS", 0.3)
    listener = socket.create_server(("127.0.0.1", 0))
    settings.OUTBOUND_HOSTS = [f"127.0.0.1:{listener.getsockname()[1]}"]
    over = threading.Event()

    def drip() -> None:
        peer, _address = listener.accept()
        with peer:
            peer.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
            while not over.wait(0.05):
                try:
                    peer.sendall(b"x")
                except OSError:
                    return

    dripping = threading.Thread(target=drip, daemon=True)
    dripping.start()
    started = time.monotonic()
    try:
        with pytest.raises(Unreachable):
            post(f"http://127.0.0.1:{listener.getsockname()[1]}/", b"", {})
        assert time.monotonic() - started < client.CONNECT_SECONDS
    finally:
        over.set()
        dripping.join(5)
        listener.close()
