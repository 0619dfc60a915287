"""What a tile of a low zoom says about itself: a layer `<name>_note` with one point and, as attributes, what is shown instead."""

from functools import lru_cache

from layers.generalisation import Crowding
from layers.layer import FeatureLayer
from layers.store.values import ENCODERS, delimited, varint

_MIDDLE = 2048
_HEAD, _EXTENT = b"\x78\x02", b"\x28" + varint(4096)
_POINT = b"\x18\x01"


@lru_cache(maxsize=256)
def note(layer: FeatureLayer, shows: str, why: str) -> bytes:
    """The MVT layer. `shows`: counters or blocks.

    `why`: the zoom, what keeps blocks from being shown (building, request), or too many features (crowd).
    """
    how = layer.grouping
    assert how is not None
    words: dict[str, str | int] = {"shows": shows, "why": why, "features_from_zoom": how.detail_zoom}
    words |= {"most_features": how.most} if isinstance(how, Crowding) else {"area_unit": how.unit}
    keys = b"".join(delimited(0x1A, key.encode()) for key in words)
    values = b"".join(delimited(0x22, ENCODERS["string" if isinstance(value, str) else "integer"](value)) for value in words.values())
    tags = b"".join(varint(number) * 2 for number in range(len(words)))
    place = b"\x09" + varint(_MIDDLE << 1) * 2  # move to the middle of the tile
    feature = delimited(0x12, delimited(0x12, tags) + _POINT + delimited(0x22, place))
    return delimited(0x1A, _HEAD + delimited(0x0A, f"{layer.name}_note".encode()) + feature + keys + values + _EXTENT)
