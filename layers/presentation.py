"""How layers are shown now: the administrators' settings in memory, renewed when they change."""

from dataclasses import dataclass, field

from django.db import close_old_connections

from gis_core.changes.clock import clock
from gis_core.changes.memory import memory
from gis_core.changes.reaction import when_changed
from layers.catalogue import catalogue
from layers.layer import FeatureLayer, Layer
from layers.models import LayerSetting


@dataclass
class Presentation:
    """Settings by layer name. Read it from anywhere; only `renew` touches the database."""

    settings: dict[str, LayerSetting] = field(default_factory=dict)
    # Changes with every setting; part of ETags. Taken before the settings are read, so that no validator is newer than what
    # it stands for.
    stamp: str = ""

    def renew(self) -> None:
        """Read the settings and tell the catalogue which layers are withdrawn."""
        stamp = _stamp()
        self.settings = {setting.layer: setting for setting in LayerSetting.objects.select_related("owner_unit")}
        catalogue.withdraw(name for name, setting in self.settings.items() if not setting.published)
        self.stamp = stamp
        memory.turn()

    @property
    def is_current(self) -> bool:
        """Whether the last change of a setting that this process knows of has been taken in."""
        return self.stamp == _stamp()

    def of(self, layer: Layer) -> LayerSetting:
        """A layer's setting; the defaults when nobody made one."""
        return self.settings.get(layer.name) or LayerSetting(layer=layer.name, visible=layer.visible, cadence=layer.cadence)

    def min_zoom(self, layer: Layer) -> int:
        """The zoom from which the layer has tiles."""
        setting = self.settings.get(layer.name)  # asked for each tile: nothing is made only to be asked for its defaults
        return layer.min_zoom if setting is None or setting.min_zoom is None else setting.min_zoom

    def features_from(self, layer: Layer) -> int:
        """The zoom from which single features are drawn; below, a layer may show counters and blocks of them."""
        lowest = self.min_zoom(layer)
        how = layer.generalisation if isinstance(layer, FeatureLayer) else None
        return max(lowest, how.detail_zoom) if how else lowest

    def max_zoom(self, layer: Layer) -> int:
        """The zoom to which the layer is drawn."""
        chosen = self.of(layer).max_zoom
        return layer.max_zoom if chosen is None else chosen

    def ordered(self, layers: list[Layer]) -> list[Layer]:
        """In the administrators' order, then in that of registration."""
        return sorted(layers, key=lambda layer: self.of(layer).position)


def _stamp() -> str:
    return str(clock.stamp(LayerSetting._meta.db_table))


presentation = Presentation()


def load() -> None:
    """Read settings and imported layers; for the start of a process."""
    close_old_connections()
    catalogue.reload()
    presentation.renew()


when_changed([LayerSetting._meta.db_table], presentation.renew)
