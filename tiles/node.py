"""A tile node: the hot path alone (`/tiles/`, `/live/`) with what its operators ask. Everything else is not here.

Any number of them follow one database, each with its own memory; pages, items and writes stay with the web processes.
"""

from django.conf import settings
from django.utils.translation import gettext as _

from gis_core.asgi import ASGIScope, Receive, Send
from gis_core.asgi import application as whole
from gis_core.errors import NotFound
from gis_core.hot import problem_answer, send_answer

OPERATION = ("/healthz", "/readyz", "/metrics")


async def application(scope: ASGIScope, receive: Receive, send: Send) -> None:
    """One connection."""
    path: str = scope.get("path", "")
    if scope["type"] == "lifespan" or path in OPERATION or path.startswith(tuple(settings.HOT_PATHS)):
        await whole(scope, receive, send)
    elif scope["type"] == "http":
        await send_answer(problem_answer(NotFound(_("This node serves tiles and live updates alone.")), scope), send)
