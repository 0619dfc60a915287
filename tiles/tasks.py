"""Blocks of low zooms, renewed in the background worker after changes."""

import logging

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from layers.catalogue import catalogue
from tiles.pyramid.blocks import generalised
from tiles.pyramid.build import behind, build, keep_up

log = logging.getLogger(__name__)


@app.task(queue="pyramid", lock="pyramid", pass_context=False)
def renew_blocks(layer: str) -> int:
    """Bring the blocks of a layer up to its rows; returns the number of cells that were made."""
    catalogue.reload()
    return sum(build(found) for found in generalised() if found.name == layer and behind(found))


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="watch_blocks", pass_context=False)
def watch_blocks(timestamp: int | None = None) -> None:
    """Queue what is behind: changes that no serving process heard of, a new day, a new release."""
    catalogue.reload()
    for layer in generalised():
        if behind(layer):
            queue_renewal(layer.name)
        else:
            keep_up(layer)


def queue_renewal(layer: str) -> None:
    """Queue the renewal of a layer's blocks unless one is waiting already (one at work may have begun too early)."""
    try:
        renew_blocks.configure(queueing_lock=f"renew_blocks:{layer}").defer(layer=layer)
    except AlreadyEnqueued:
        log.debug("The renewal of the blocks of %s is queued already.", layer)
