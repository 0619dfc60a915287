"""Memory that tells where pages begin, for a test's own rows."""

from types import SimpleNamespace

import pytest

import layers.ogc.skipping
from layers.layer import FeatureLayer
from layers.store.store import LayerStore
from tests.store.against_sql import load


def skip_in_memory(patch: pytest.MonkeyPatch) -> list[str]:
    """From now on, however few the rows; returns the names of the layers that it is asked about."""
    asked: list[str] = []

    def get(layer: FeatureLayer) -> LayerStore:
        asked.append(layer.name)
        return load(layer)

    patch.setattr(layers.ogc.skipping, "WORTH_IT", 1)
    patch.setattr(layers.ogc.skipping, "stores", SimpleNamespace(get=get))
    patch.setattr(layers.ogc.skipping, "is_writing", lambda: False)
    return asked
