"""The files of rasters: where they wait, which of them are still named, and how the others go."""

import contextlib
import time
from pathlib import Path

from layers.coverages.scene import folder
from layers.models import ImportedLayer, LayerVersion

# A file that no description names yet may belong to a transaction that is not through.
_YOUNG_SECONDS = 24 * 3_600


def staging() -> Path:
    """Where rasters wait for the decision of who brought them."""
    found = folder() / "staging"
    found.mkdir(parents=True, exist_ok=True)
    return found


def sweep() -> None:
    """Remove files that no kept version of any layer names, once they are a day old or their version was let go."""
    named = {scene["file"] for layer in ImportedLayer.objects.exclude(raster=None) for scene in (layer.raster or {})["scenes"]}
    let_go: set[str] = set()
    for version in LayerVersion.objects.filter(described__has_key="raster").select_related("layer"):
        files = {scene["file"] for scene in (version.described.get("raster") or {}).get("scenes", [])}
        (named if version.table else let_go).update(files)
    before = time.time() - _YOUNG_SECONDS
    for path in [*folder().glob("*.tif*"), *folder().glob("staging/*")]:
        with contextlib.suppress(OSError):
            if path.name not in named and (path.name in let_go or path.stat().st_mtime < before):
                path.unlink()


def kept_files(layer: ImportedLayer) -> set[str]:
    """The files that a layer and its kept versions name."""
    found = {scene["file"] for scene in (layer.raster or {}).get("scenes", [])}
    for version in LayerVersion.objects.filter(layer=layer):
        found |= {scene["file"] for scene in (version.described.get("raster") or {}).get("scenes", [])}
    return found


def remove_files(names: set[str]) -> None:
    """Remove files of a layer that is gone."""
    for name in names:
        with contextlib.suppress(OSError):
            (folder() / name).unlink()
