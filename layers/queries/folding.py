"""Vietnamese without its marks: how texts are compared in search, and the indexes that make it quick.

`ioc_fold` (a migration) is lower case without diacritics, đ as d. Each layer with `search_fields` gets one trigram index over
them, made after migrations: a new layer is searched quickly without a line of its own.
"""

from collections.abc import Iterable
from typing import Any

from django.apps import AppConfig, apps
from django.db import connection
from django.db.models import CharField, F, Func, TextField, Value
from django.db.models.functions import Coalesce

from layers.catalogue import catalogue
from layers.layer import FeatureLayer


class Fold(Func):
    """Lower case without diacritics, đ as d."""

    function = "ioc_fold"
    output_field = TextField()


def searchable(layer: FeatureLayer) -> list[str]:
    """The columns of text that search reads."""
    columns = (layer.model._meta.get_field(name) for name in layer.search_fields)
    return [column.attname for column in columns if isinstance(column, CharField | TextField)]


def folded(layer: FeatureLayer) -> Fold:
    """The searched text of a row, all columns together: the expression that the index is made of."""
    parts: list[Any] = []
    for name in searchable(layer):
        parts += [Value(" "), Coalesce(F(name), Value(""))] if parts else [Coalesce(F(name), Value(""))]
    return (
        Fold(parts[0]) if len(parts) == 1 else Fold(Func(*parts, template="(%(expressions)s)", arg_joiner=" || ", output_field=TextField()))
    )


def ensure_indexes(layers: Iterable[FeatureLayer]) -> None:
    """Make what is missing. Text search without it reads whole tables."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for layer in layers:
            columns = searchable(layer)
            if not columns or layer.table not in tables:
                continue
            text = " || ' ' || ".join(f"COALESCE({quote(column)}, '')" for column in columns)
            name = quote(f"{layer.table[:50]}_search")
            # Names are the models' own; an index over an expression of several columns has no form in Meta.indexes.
            cursor.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {quote(layer.table)} USING gin (ioc_fold({text}) gin_trgm_ops)")


def after_migrations(app_config: AppConfig, **_more: Any) -> None:
    """Signal handler: once, after the last application's migrations."""
    last = [config for config in apps.get_app_configs() if config.models_module is not None][-1]
    if app_config.name == last.name:
        ensure_indexes(catalogue.feature_layers())
