"""One layer in the registry: what is loaded, what is being made, and what happened meanwhile."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from gis_core.metrics import STORE_BUDGET, STORE_BYTES, STORE_FEATURES, STORE_LOAD_SECONDS, STORE_STATE
from layers.layer import FeatureLayer
from layers.store.columns import Builder, Columns
from layers.store.loader import Loaded, budget_of
from layers.store.store import LayerStore

State = Literal["ready", "loading", "over_budget", "failed", "gone"]


@dataclass(frozen=True)
class Patch:
    """What changes came to: the rows `ids` were touched, and `written` are those of them that exist now, in the codes of `builder`."""

    ids: npt.NDArray[np.int64]
    written: Columns
    builder: Builder

    def on(self, store: LayerStore) -> LayerStore:
        """The store after it."""
        return store.patched(store.builder.adopted(self.written, self.builder), self.ids)


@dataclass
class Entry:
    """A layer's store. All of it is touched by the event loop alone.

    `loaded` is a store that is not yet at the follower's position; the next read of the log brings it there. `since_sorting`
    are patches that came while a thread was sorting the tail into the base.
    """

    layer: FeatureLayer
    identity: str
    state: State = "loading"
    store: LayerStore | None = None
    loaded: Loaded | None = None
    failures: int = 0
    turn: int = 0  # grows whenever what is being loaded or held becomes of no use
    since_sorting: list[Patch] | None = field(default=None)

    @property
    def held(self) -> LayerStore | None:
        """The store that changes go to."""
        return self.loaded.store if self.loaded else self.store

    def take_in(self, patch: Patch | None) -> None:
        """Step: bring the store to the follower's position."""
        held = self.held
        if held is None:
            return
        if self.loaded is not None:
            STORE_LOAD_SECONDS.labels(self.layer.name).set(self.loaded.seconds)
            self.loaded, self.failures, self.since_sorting = None, 0, None
        if patch is not None and self.since_sorting is not None:
            self.since_sorting.append(patch)
        self.store = patch.on(held) if patch is not None else held
        self.say("ready")

    def sorted(self, store: LayerStore) -> None:
        """Put a sorted store in place of the one it was made of, with what came since; not if it has outgrown its budget."""
        patches, self.since_sorting = self.since_sorting, None
        if patches is None or self.store is None:
            return
        for patch in patches:
            store = patch.on(store)
        if store.nbytes > budget_of(self.layer):
            self.drop("over_budget")
            return
        self.store = store
        self.say("ready")

    def drop(self, state: State) -> None:
        """Step: the database serves the layer from now on."""
        self.store = self.loaded = self.since_sorting = None
        self.turn += 1
        self.say(state)

    def say(self, state: State) -> None:
        """Tell the metrics."""
        self.state, name = state, self.layer.name
        STORE_STATE.labels(name).state(state)
        STORE_BUDGET.labels(name).set(budget_of(self.layer))
        STORE_FEATURES.labels(name).set(self.store.features if self.store else 0)
        STORE_BYTES.labels(name).set(self.store.nbytes if self.store else 0)
