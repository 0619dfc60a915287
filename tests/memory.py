"""Layers in memory as a test's own transaction sees them, for code that asks memory instead of the database."""

from types import ModuleType, SimpleNamespace

import pytest

import layers.ogc.skipping
from layers.layer import FeatureLayer
from layers.store.store import LayerStore
from tests.store.against_sql import load


def answer_from_memory(patch: pytest.MonkeyPatch, module: ModuleType) -> list[str]:
    """From now on a module finds every layer in memory; returns the names of those that it asks for."""
    asked: list[str] = []

    def get(layer: FeatureLayer) -> LayerStore:
        asked.append(layer.name)
        return load(layer)

    patch.setattr(module, "stores", SimpleNamespace(get=get))
    patch.setattr(module, "is_writing", lambda: False)
    return asked


def skip_in_memory(patch: pytest.MonkeyPatch) -> list[str]:
    """The same for the places of pages, however few the rows."""
    patch.setattr(layers.ogc.skipping, "WORTH_IT", 1)
    return answer_from_memory(patch, layers.ogc.skipping)
