"""Imported layers in the catalogue of every running process, at once after an import."""

import logging
import threading
from collections.abc import Iterator

from django.db import connection

from gis_core.changes.clock import clock
from gis_core.changes.reaction import when_changed
from layers.catalogue import catalogue
from layers.checks import check_layer
from layers.imports.runtime import layer_of
from layers.layer import Layer
from layers.models import ImportedLayer

log = logging.getLogger(__name__)
_one_at_a_time = threading.Lock()
# The state of the descriptions that the catalogue was made of, taken before they were read: no answer is older than it says.
_read_at = [""]


@catalogue.provide
def imported_layers() -> Iterator[Layer]:
    """The layers that were imported; none before the first migration."""
    table = ImportedLayer._meta.db_table
    with connection.cursor() as cursor:
        # Asked of the catalogue of the database, because a failing query would spoil a transaction that is open.
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [table])
        (exists,) = cursor.fetchone()
    if not exists:
        return
    for description in ImportedLayer.objects.all():
        layer = layer_of(description)
        mistakes = list(check_layer(layer))
        if mistakes:
            log.error("The imported layer %s is left out: %s", description.name, mistakes[0].msg)
        else:
            yield layer


def renew() -> None:
    """Ask for the imported layers anew; one thread after the other, so that the newest answer is the one that stays."""
    with _one_at_a_time:
        stamp = _stamp()
        catalogue.reload()
        _read_at[0] = stamp


def is_current() -> bool:
    """Whether the last change of a description that this process knows of is in its catalogue."""
    return _read_at[0] == _stamp()


def _stamp() -> str:
    return str(clock.stamp(ImportedLayer._meta.db_table))


when_changed([ImportedLayer._meta.db_table], renew)
