"""The catalogue: every registered layer, and who may see which."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from django.utils.translation import gettext as _

from gis_core.access import Scope
from gis_core.changes.memory import memory
from gis_core.errors import NotFound
from layers.layer import CoverageLayer, FeatureLayer, Layer, Service

L = TypeVar("L", bound=type[Layer])
Provider = Callable[[], Iterable[Layer]]


class Catalogue:
    """Layers by name, in the order of registration. Providers add layers known only at run time (imported data)."""

    def __init__(self) -> None:
        self._declared: dict[str, Layer] = {}
        self._provided: dict[str, Layer] = {}
        self._providers: list[Provider] = []
        self._withdrawn: frozenset[str] = frozenset()
        self._loaded = False
        self.generation = 0  # grows with each reload; part of cache keys

    def register(self, layer_class: L) -> L:
        """Class decorator: publish a layer. Raises ValueError for a name that is taken."""
        layer = layer_class()
        if layer.name in self._declared:
            raise ValueError(f"Layer {layer.name!r} is registered twice.")
        self._declared[layer.name] = layer
        return layer_class

    def unregister(self, name: str) -> None:
        """Take a declared layer back (tests)."""
        del self._declared[name]
        self.generation += 1
        memory.turn()

    def provide(self, provider: Provider) -> Provider:
        """Add a source of layers that is asked at each `reload`."""
        self._providers.append(provider)
        return provider

    def reload(self) -> None:
        """Ask the providers anew. A declared layer wins over a provided one of the same name."""
        provided = {layer.name: layer for provider in self._providers for layer in provider()}
        self._provided = {name: layer for name, layer in provided.items() if name not in self._declared}
        self._loaded = True
        self.generation += 1
        memory.turn()

    def withdraw(self, names: Iterable[str]) -> None:
        """Layers that administrators took offline: they exist for nobody."""
        self._withdrawn = frozenset(names)
        memory.turn()

    def __iter__(self) -> Iterator[Layer]:
        if not self._loaded and self._providers:
            self.reload()
        yield from self._declared.values()
        yield from self._provided.values()

    def __contains__(self, name: str) -> bool:
        return any(layer.name == name for layer in self)

    def visible_to(self, scope: Scope, service: Service | None = None) -> list[Layer]:
        """The layers that exist for `scope` (in `service`)."""
        return [layer for layer in self if self._is_open(layer, scope, service)]

    def get(self, name: str, scope: Scope, service: Service | None = None) -> Layer:
        """One layer. Raises NotFound alike for unknown and forbidden names."""
        layer = self._declared.get(name) or self._provided.get(name)
        if layer is None and not self._loaded:
            layer = next((found for found in self if found.name == name), None)
        if layer is None or not self._is_open(layer, scope, service):
            raise NotFound(_("There is no layer “%(name)s”, or it is not open to you.") % {"name": name[:80]}, field="layer")
        return layer

    def _is_open(self, layer: Layer, scope: Scope, service: Service | None) -> bool:
        published = layer.name not in self._withdrawn
        return published and (service is None or service in layer.services) and bool(layer.reach(scope))

    def features(self, name: str, scope: Scope, service: Service) -> FeatureLayer:
        """One feature layer. Raises NotFound, also for a coverage."""
        layer = self.get(name, scope, service)
        if not isinstance(layer, FeatureLayer):
            raise NotFound(_("The layer “%(name)s” has no features.") % {"name": name[:80]}, field="layer")
        return layer

    def coverage(self, name: str, scope: Scope, service: Service) -> CoverageLayer:
        """One raster. Raises NotFound, also for a layer of features."""
        layer = self.get(name, scope, service)
        if not isinstance(layer, CoverageLayer):
            raise NotFound(_("The layer “%(name)s” is no raster.") % {"name": name[:80]}, field="layer")
        return layer

    def feature_layers(self) -> list[FeatureLayer]:
        """All feature layers, whoever may see them (change events, checks)."""
        return [layer for layer in self if isinstance(layer, FeatureLayer)]

    def names_of_table(self, table: str) -> list[str]:
        """The layers over one table."""
        return [layer.name for layer in self.feature_layers() if layer.table == table]


catalogue = Catalogue()
register = catalogue.register
