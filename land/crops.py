"""Crop areas out of the register: hectares of rice, annual and perennial crops, forest and ponds by commune."""

from datetime import date

from gis_core.access import Reach
from land.layers import Parcels
from land.statistics import area_table
from layers.catalogue import catalogue
from layers.feed import Sent
from layers.ingestion.batch import Outcome
from layers.ingestion.feeding import take_in

_EVERYTHING = Reach(everything=True)
# Land-use codes of the circulars of 2018 and 2024.
CROPS = {
    **dict.fromkeys(("LUA", "LUC", "LUK", "LUN"), "rice"),
    **dict.fromkeys(("HNK", "BHK", "NHK", "CHN"), "annual"),
    "CLN": "perennial",
    **dict.fromkeys(("RSX", "RPH", "RDD", "LNP"), "forest"),
    "NTS": "aquaculture",
}


def areas(on: date) -> dict[tuple[str, str], float]:
    """Hectares by commune (code) and crop on a day, of the parcels that the register has then."""
    lines = area_table(_EVERYTHING, on)
    above = {"/".join(line.path.strip("/").split("/")[:-1]) + "/" for line in lines}
    cents: dict[tuple[str, str], int] = {}
    for line in lines:
        if line.path not in above and line.code in CROPS:
            key = (line.path.strip("/").split("/")[-1], CROPS[line.code])
            cents[key] = cents.get(key, 0) + line.cents
    return {key: round(value / 1_000_000, 4) for key, value in cents.items()}


def derive(on: date) -> Outcome:
    """Write the areas of a day as those of its year. Planned areas are left as they are. Raises BatchRefused."""
    layer = next(layer for layer in catalogue.feature_layers() if layer.name == "crop_areas")
    demo = not Parcels().rows(_EVERYTHING, on).filter(is_demo=False).exists()
    rows = [
        Sent({"crop": crop, "unit": unit, "period": f"{on:%Y}", "area_ha": hectares, "source": "register"})
        for (unit, crop), hectares in sorted(areas(on).items())
    ]
    return take_in(layer, _EVERYTHING, rows, is_demo=demo)
