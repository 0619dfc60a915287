"""docs/deploy/nginx.conf for a run on this machine: for benchmarks, and for the tests that have nginx read it."""

from collections.abc import Sequence
from pathlib import Path

from django.conf import settings

DEPLOY = Path(settings.BASE_DIR, "docs", "deploy")


def nginx_here(place: Path, webs: Sequence[str], tiles: Sequence[str], files: Path | None = None) -> str:
    """The text with the places and upstreams ("127.0.0.1:8001") of this machine; `place` gets the included parts.

    `files` is where tiles lie as files. Nothing but hosts and places differs from what is deployed.
    """
    for part in ("tiles.conf", "tiles-locations.conf"):
        copy = (DEPLOY / part).read_text(encoding="utf-8")
        (place / part).write_text(copy.replace("/srv/tiles", str(files or place / "none")), encoding="utf-8")
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8").replace("/tmp/", f"{place}/")  # noqa: S108  the container's
    text = text.replace("/etc/nginx/ioc", str(place)).replace("/dev/stdout", str(place / "access.log"))
    for name, servers in (("web", webs), ("tiles", tiles)):
        text = text.replace(f"server {name}:8000;", " ".join(f"server {server};" for server in servers))
    return text
