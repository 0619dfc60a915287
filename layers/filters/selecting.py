"""A filter as services use it: read once, then applied to rows, tiles and validators alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from gis_core.errors import BadParameter
from layers.attributes import attributes
from layers.filters import masks
from layers.filters.grammar import Grammar
from layers.filters.reading import FIELD, LANGUAGES, read
from layers.filters.shapes import Reference
from layers.filters.sql import condition
from layers.filters.terms import Term, names
from layers.freshness import digest
from layers.layer import FeatureLayer
from layers.ogc.crs import parse as parse_crs

# The query parameters (OGC API - Features Part 3, 7.3).
PARAMETERS = (FIELD, "filter-lang", "filter-crs")


@dataclass(frozen=True)
class Filter:
    """Which features of a layer are wanted. Equal filters are equal, however they were written."""

    layer: FeatureLayer
    term: Term

    @cached_property
    def key(self) -> str:
        """A digest of the normal form: part of ETags and cache keys."""
        return digest((self.layer.name, repr(self.term)))

    @cached_property
    def tables(self) -> frozenset[str]:
        """Tables beside the layer's own whose rows the filter asks about."""
        asked = names(self.term)
        return frozenset(a.column.model._meta.db_table for a in attributes(self.layer) if a.part and a.name in asked)

    @cached_property
    def in_memory(self) -> bool:
        """Whether the feature store decides it exactly (`masks.mask`)."""
        return masks.fits(self.term, self.layer)

    def of(self, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        """Those of `rows` that the filter is true of. Permission is the rows' own matter: a filter only ever takes away."""
        return rows.filter(condition(self.term))


def read_filter(parameters: Mapping[str, str | None], layer: FeatureLayer) -> Filter | None:
    """The filter that a query names, None without one. Raises BadParameter that says what is wrong and what is accepted."""
    text = parameters.get(FIELD)
    language = parameters.get("filter-lang") or LANGUAGES[0]
    if language not in LANGUAGES:
        raise BadParameter(_("filter-lang must be cql2-text or cql2-json."), field="filter-lang")
    named = parse_crs(parameters.get("filter-crs"), layer, "filter-crs")
    if text is None:
        return None
    return Filter(layer, _understood(text, language, layer, Reference(named.srid, named.latitude_first)))


@lru_cache(maxsize=256)
def _understood(text: str, language: str, layer: FeatureLayer, reference: Reference) -> Term:
    """A map asks for many tiles with one filter: it is read once."""
    return Grammar(layer, reference).term(read(text, language))
