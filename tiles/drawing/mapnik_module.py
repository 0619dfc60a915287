"""The one place that imports Mapnik.

Its package points PROJ_LIB and GDAL_DATA at folders of its own that hold no proj.db; afterwards GeoDjango, pyproj and
rasterio would find no coordinate systems. So both are put back as they were. Mapnik itself never transforms here: PostGIS
does, through the pinned operation, and every layer of a map has the map's own coordinates.
"""

import os
from functools import lru_cache
from typing import Any

from tiles.drawing.fonts import font_folder

_GUARDED = ("PROJ_LIB", "PROJ_DATA", "GDAL_DATA")


@lru_cache(maxsize=1)
def mapnik() -> Any:
    """The module, with the service's fonts registered."""
    before = {name: os.environ.get(name) for name in _GUARDED}
    try:
        import mapnik as library
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
    library.register_fonts(str(font_folder()))
    return library
