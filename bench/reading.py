"""Reading whole answers of servers, as a program that is not the load generator does."""

import statistics
import time
import urllib.request

from bench.processes import Server


def body(server: Server, path: str) -> bytes:
    """An answer's bytes; nothing is compressed, so that encoders are compared and not packers."""
    headers = {name: value for name, value in server.headers.items() if name != "Accept-Encoding"}
    request = urllib.request.Request(server.url + path, headers=headers)  # noqa: S310  our own servers
    with urllib.request.urlopen(request, timeout=300) as answer:  # noqa: S310
        found: bytes = answer.read()
    return found


def median_seconds(server: Server, path: str, rounds: int = 5) -> float:
    """How long an answer takes: the median of some asks after one that warms up."""
    body(server, path)
    times = []
    for _round in range(rounds):
        started = time.perf_counter()
        body(server, path)
        times.append(time.perf_counter() - started)
    return statistics.median(times)
