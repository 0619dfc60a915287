"""`manage.py serve_tiles`: a tile node as a process of its own."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from granian.constants import Interfaces
from granian.server import Server


class Command(BaseCommand):
    """Tiles and live updates beside the web processes, on this machine or another."""

    help = (
        "Serve /tiles/, /live/, /healthz, /readyz and /metrics alone. Any number of nodes follow one database; DATABASE_URL may name"
        " a hot standby, which such a node only reads and polls."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--host and --port."""
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
        parser.add_argument("--port", type=int, default=8001, help="port to listen on (8001)")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Serve until SIGTERM or SIGINT."""
        # One worker: a second one would keep a second copy of every layer. Run more nodes instead.
        server = Server(
            "tiles.node:application",
            address=options["host"],
            port=options["port"],
            interface=Interfaces.ASGI,
            workers=1,
            websockets=False,
        )
        server.serve()
