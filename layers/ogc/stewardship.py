"""Who answers for a collection's data and how fresh they are."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from gis_core.changes.clock import Stamp, clock
from gis_core.models import ChangeLog
from layers.layer import FeatureLayer
from layers.models import LayerSetting


def settings_of(layers: Sequence[FeatureLayer]) -> dict[str, LayerSetting]:
    """The administrators' settings from the database: what a validator stands for must not come from an older memory."""
    found = {setting.layer: setting for setting in LayerSetting.objects.filter(layer__in=[layer.name for layer in layers])}
    return {layer.name: found.get(layer.name) or LayerSetting(layer=layer.name) for layer in layers}


def settings_state() -> str:
    """What answers with settings in them depend on."""
    return str(clock.stamp(LayerSetting._meta.db_table))


def last_changes(marks: Mapping[str, Stamp]) -> dict[str, datetime]:
    """When the rows that the caller reaches last changed, by layer; `marks` are their stamps, which know of nobody else's rows."""
    seqs = {name: mark.seq for name, mark in marks.items()}
    # A pruned log's marker tells when it was pruned, not when rows changed.
    times = dict(ChangeLog.objects.filter(seq__in=seqs.values()).exclude(op="P").values_list("seq", "at"))
    return {name: times[seq] for name, seq in seqs.items() if seq in times}


def stewardship(setting: LayerSetting, updated: datetime | None) -> dict[str, Any]:
    """The member `stewardship` of a collection; our own, beside the standard's."""
    contact = {"name": setting.contact_name, "phone": setting.contact_phone, "email": setting.contact_email}
    return {
        "owner": setting.owner or None,
        "contact": contact if any(contact.values()) else None,
        "cadence": setting.cadence,
        "licence": setting.licence or None,
        "updated": updated,
    }
