"""The one client that sends HTTP requests out.

The connection goes to the address that was checked; certificates are checked against the name. Redirects are not followed,
proxies of the environment are not used, answers are read to a limit, and no receiver holds its caller for long.
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from gis_core.metrics import OUTBOUND
from gis_core.outbound.addresses import AddressRefused, Target, Unreachable, resolve

MAX_ANSWER = 65_536
CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 15.0


@dataclass(frozen=True)
class Answer:
    """What the receiver said; `body` is cut at MAX_ANSWER bytes."""

    status: int
    body: bytes


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """POST `body`. Raises AddressRefused, Unreachable. A redirect is an answer like any other."""
    with OUTBOUND.labels("refused").count_exceptions(AddressRefused):
        target = resolve(url)
    try:
        with OUTBOUND.labels("failed").count_exceptions():
            answer = _exchange(target, body, headers)
        OUTBOUND.labels("sent").inc()
        return answer
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(f"{target.host}: {type(error).__name__}: {error}") from error


def _exchange(target: Target, sent: bytes, headers: Mapping[str, str]) -> Answer:
    connection = _Pinned(target)
    # Time limits of sockets hold for each byte; a receiver that drips them would hold its caller for ever.
    cutter = threading.Timer(TOTAL_SECONDS, connection.cut)
    cutter.daemon = True
    cutter.start()
    try:
        connection.request("POST", target.path, sent, {**headers, "Host": target.host_header, "Connection": "close"})
        answer = connection.getresponse()
        body = answer.read(MAX_ANSWER)
        if connection.was_cut:  # what was read so far may look like an answer
            raise TimeoutError("no whole answer in time")
        return Answer(answer.status, body)
    finally:
        cutter.cancel()
        connection.close()


class _Pinned(http.client.HTTPConnection):
    """A connection to the address that was checked, whatever the name says by now."""

    def __init__(self, target: Target) -> None:
        super().__init__(target.host, target.port, timeout=CONNECT_SECONDS)
        self.target = target
        self.was_cut = False

    def connect(self) -> None:
        """To the pinned address; the certificate has to be the name's."""
        plain = socket.create_connection((self.target.ip, self.target.port), CONNECT_SECONDS)
        if self.target.scheme == "http":
            self.sock = plain
            return
        try:
            self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self.target.host)
        except OSError:
            plain.close()
            raise

    def cut(self) -> None:
        """End it from another thread: whoever reads gets an error or an end."""
        self.was_cut = True
        if self.sock is not None:
            with suppress(OSError):
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)
