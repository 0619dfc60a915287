"""nginx in front of a node as docs/deploy configures it: a public tile from its files ÷ the same bytes as an ordinary file."""

import random
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from django.conf import settings

from bench.data import ensure
from bench.harness import Ratio, benchmark
from bench.processes import FOLDER, Server, nginx, ours
from bench.serving import file_server, interleaved, read
from tiles.matrix import Tile

_DEPLOY = Path(settings.BASE_DIR, "docs", "deploy")
_LAYER = "roads"
_PROXY = 'proxy_set_header Host $http_host; proxy_http_version 1.1; proxy_set_header Connection ""; '


@benchmark
def nginx_in_front() -> Iterator[Ratio]:
    """Warm public tile through the deployed configuration: exact (files are there only while they are current), and how fast."""
    data, files = ensure(), FOLDER / "tile-files"
    # Wait for the largest layer: while it loads, the node has other things to do than to lay leases.
    with ours(data.headers, files=files) as node, ExitStack() as stack:
        parts = {name: (_DEPLOY / name).read_text(encoding="utf-8") for name in ("tiles.conf", "tiles-locations.conf")}
        upstream = _PROXY + f"upstream tiles {{ server {node.url.removeprefix('http://')}; keepalive 16; }}"
        # Debian's nginx closes a connection after 1,000 requests; the plain file's server here does not, so neither does this one.
        server = parts["tiles-locations.conf"].replace("/srv/tiles", str(files))
        front = Server("nginx in front", stack.enter_context(nginx("front", server, f"{upstream}\n{parts['tiles.conf']}")))
        public = {"Accept-Encoding": "gzip"}
        path, body = _usual(front, public)
        static = file_server(stack, body)
        fast, file = interleaved([(front, path, public), (static, "/tile.gz", public)])
    detail = f"{fast:.0f} ÷ {file:.0f} a second, {len(body) / 1000:.1f} kB gzip, layer {_LAYER}"
    yield Ratio("nginx_in_front ÷ nginx file", fast / file, ">= 0.85", detail)


def _usual(front: Server, headers: dict[str, str]) -> tuple[str, bytes]:
    """A full tile of roads near the middle of the town, asked for twice: the second answer comes from nginx's file."""
    center, chance = (26260, 14949), random.Random(3)  # noqa: S311  the same in each run
    around = [(center[0] // 4 + chance.randint(-3, 3), center[1] // 4 + chance.randint(-3, 3)) for _ in range(30)]
    answers = []
    for x, y in around:
        tile = Tile(13, x, y)
        path = f"/tiles/{_LAYER}/{tile.z}/{tile.x}/{tile.y}.mvt"
        for _ in range(2):
            body = read(Server(front.name, front.url, headers), path)[0]
        answers.append((path, body))
    return min(answers, key=lambda answer: abs(len(answer[1]) - 22_000))
