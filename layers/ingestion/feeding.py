"""Rows of a layer's feed: the one verb behind `POST /api/feeds/<layer>`, forms and `manage.py ingest`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from gis_core.access import Reach
from layers.feed import Feed, Locate, Sent
from layers.ingestion.batch import Outcome, RowFault, every
from layers.ingestion.cells import value_of
from layers.ingestion.indicators import period_of
from layers.ingestion.places import may_write
from layers.layer import FeatureLayer

Key = tuple[Any, ...]
MAX_SENDERS_KEY = 500


@dataclass(frozen=True)
class _Read:
    """A row that was understood: its values by column, unit and geometry, and what names it."""

    values: Mapping[str, Any]
    key: Key


def take_in(layer: FeatureLayer, reach: Reach, rows: Iterable[Sent], *, is_demo: bool = False) -> Outcome:
    """Write a batch for somebody who may change the rows inside `reach`: all of it or nothing. Raises BatchRefused.

    The same row counts once, however often it comes; another with the same key is a correction.
    """
    feed, given = _feed(layer), list(rows)
    columns: dict[str, Any] = {name: layer.model._meta.get_field(name) for name in (*feed.key, *feed.values)}
    with transaction.atomic():
        locate, codes = feed.place.prepare(given, reach), _codes(columns, given)
        read = every(given, lambda sent: _read(feed, columns, sent, locate, codes))
        _one_at_a_time(layer, [one.key for one in read])
        there = _there(layer, [one.key for one in read])
        made: dict[Key, Any] = {}
        changed: dict[Key, Any] = {}

        def build(one: _Read) -> None:
            before = made.get(one.key, there.get(one.key))
            if one.key in there and not may_write(reach, there[one.key].admin_unit):
                raise RowFault(feed.key[0], _("there is a row like this already, and it is not yours to write"))
            row = _row(layer, feed, one, before)
            made[one.key] = row
            if not _alike(layer, row, there.get(one.key)):
                row.is_demo, row.updated_at = is_demo, timezone.now()
                changed[one.key] = row
            else:
                changed.pop(one.key, None)

        every(read, build)
        _write(layer, changed)
    corrected = sum(key in there for key in changed)
    return Outcome(len(given), len(changed) - corrected, corrected, len(given) - len(changed))


def _feed(layer: FeatureLayer) -> Feed:
    assert layer.feed is not None, f"{layer.name} has no feed"
    return layer.feed


def _read(
    feed: Feed, columns: Mapping[str, "models.Field[Any, Any]"], sent: Sent, locate: Locate, codes: Mapping[str, frozenset[Any]]
) -> _Read:
    unknown = [name for name in sent.values if name not in feed.sent]
    if unknown:
        words = {"names": ", ".join(feed.sent)}
        raise RowFault(str(unknown[0])[:60], _("there is no such column; there are: %(names)s") % words)
    values: dict[str, Any] = {}
    if "period_from" in feed.key:
        values["period_from"], values["period_to"] = period_of(str(sent.values.get("period", "")))
    if feed.digests is not None:
        values[feed.digests[1]] = _digest(feed.digests[0], sent)
    for name, column in columns.items():
        if name in sent.values or (name in feed.key and name not in (*values, "admin_unit")):
            value = value_of(column, sent.values.get(name))
            if name in codes and value is not None and value not in codes[name]:
                raise RowFault(name, _("there is no “%(code)s”") % {"code": str(value)[:40]})
            if name in feed.key and value in (None, ""):
                raise RowFault(name, _("a value is needed here"))
            values[column.attname] = value
    unit, values["geom"] = locate(sent, values)
    values["admin_unit_id"] = unit.pk if unit else None
    return _Read(values, tuple(values[columns[name].attname] for name in feed.key))


def _digest(name: str, sent: Sent) -> str:
    """What stands for the sender's key: kept with a secret of this service, so that nobody can try keys against it."""
    given = str(sent.values.get(name) or "").strip()
    if not 1 <= len(given) <= MAX_SENDERS_KEY:
        raise RowFault(name, _("a key of 1 to %(limit)d letters is needed here") % {"limit": MAX_SENDERS_KEY})
    return salted_hmac("layers.feed", given, algorithm="sha256").hexdigest()[:32]


def _codes(columns: Mapping[str, "models.Field[Any, Any]"], rows: Sequence[Sent]) -> dict[str, frozenset[Any]]:
    """The keys that code tables have, of those that the batch names."""
    found = {}
    for name, column in columns.items():
        if isinstance(column, models.ForeignKey) and name != "admin_unit":
            named = {str(row.values.get(name, "")).strip() for row in rows}
            table: Any = column.related_model
            found[name] = frozenset(table.objects.filter(pk__in=named).values_list("pk", flat=True))
    return found


def _one_at_a_time(layer: FeatureLayer, keys: Sequence[Key]) -> None:
    """Batches of one table that both bring new rows would meet at its unique index in any order; they pass one by one."""
    if keys:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"feed {layer.table}"])


def _there(layer: FeatureLayer, keys: Sequence[Key]) -> dict[Key, Any]:
    """Rows that are stored under these keys, whoever's they are: a key that somebody else has must not be written over."""
    feed = _feed(layer)
    names = [layer.model._meta.get_field(name).attname for name in feed.key]  # type: ignore[union-attr]
    condition = {f"{name}__in": {key[place] for key in keys} for place, name in enumerate(names)}
    rows: models.QuerySet[Any] = layer.model.objects.within(Reach(everything=True))  # type: ignore[attr-defined]
    found = rows.filter(**condition).select_related("admin_unit").select_for_update(of=("self",)).order_by("pk")
    return {tuple(getattr(row, name) for name in names): row for row in found}


def _row(layer: FeatureLayer, feed: Feed, read: _Read, before: Any) -> Any:
    row = layer.model()
    if before is not None:
        for column in layer.model._meta.concrete_fields:
            if not column.generated:
                setattr(row, column.attname, getattr(before, column.attname))
    for name, value in read.values.items():
        setattr(row, name, value)
    for name in feed.values:
        wanted: Any = layer.model._meta.get_field(name)
        value = getattr(row, wanted.attname)
        if (value is None and not wanted.null) or (value == "" and not wanted.blank and not wanted.has_default()):
            raise RowFault(name, _("a value is needed here"))
    feed.complete(row)
    return row


def _written(layer: FeatureLayer) -> list["models.Field[Any, Any]"]:
    own = {"is_demo", "updated_at"}
    return [one for one in layer.model._meta.concrete_fields if not (one.generated or one.primary_key or one.name in own)]


def _alike(layer: FeatureLayer, row: Any, before: Any) -> bool:
    return before is not None and all(_same(getattr(row, one.attname), getattr(before, one.attname)) for one in _written(layer))


def _same(one: Any, other: Any) -> bool:
    equals: Callable[[Any], bool] | None = getattr(one, "equals_exact", None)
    return bool(equals(other)) if equals is not None and other is not None else bool(one == other)


def _write(layer: FeatureLayer, rows: Mapping[Key, Any]) -> None:
    feed = _feed(layer)
    key = set(feed.key)
    layer.model._default_manager.bulk_create(
        [_fresh(row) for row in rows.values()],
        batch_size=2_000,
        update_conflicts=True,
        unique_fields=list(feed.key),
        update_fields=[*(one.name for one in _written(layer) if one.name not in key), "is_demo", "updated_at"],
    )


def _fresh(row: Any) -> Any:
    row.pk = None  # a row that is there is found by its key
    return row
