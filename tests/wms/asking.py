"""Asking WMS and WMTS, and looking at what they answer."""

import io
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from lxml import etree
from PIL import Image

from tests.cast import Person
from tests.service import Service

SCHEMAS = Path(__file__).with_name("schemas")
_ONLINE = "http://schemas.opengis.net/"
Pixel = tuple[int, int, int, int]


class _Offline(etree.Resolver):  # type: ignore[misc]  # lxml has no types
    """Schemas that others name by their address come from here; nothing is fetched."""

    def resolve(self, url: str, _public: str, context: Any) -> Any:
        if url.startswith(_ONLINE):
            return self.resolve_filename(str(SCHEMAS / url.removeprefix(_ONLINE)), context)
        return None


def schema(path: str) -> etree.XMLSchema:
    """An XSD of `schemas/`."""
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Offline())
    return etree.XMLSchema(etree.parse(SCHEMAS / path, parser))


def wms(asgi: Service, person: Person | None = None, version: str = "1.3.0", /, **parameters: object) -> httpx.Response:
    """An answer of `/wms`."""
    query = httpx.QueryParams({"SERVICE": "WMS", "VERSION": version, **{name: str(value) for name, value in parameters.items()}})
    return asgi.get(f"/wms?{query}", person)


def get_map(asgi: Service, names: str, person: Person | None = None, /, **parameters: object) -> httpx.Response:
    """GetMap over the middle of the tests' world in Web Mercator; what is given replaces what is meant."""
    asked = {"LAYERS": names, "STYLES": "", "CRS": "EPSG:3857", "BBOX": "12074500,1753200,12075500,1753950", "WIDTH": 400, "HEIGHT": 300}
    return wms(asgi, person, **{"REQUEST": "GetMap", "FORMAT": "image/png", **asked, **parameters})


def image_of(answer: httpx.Response) -> Image.Image:
    """The picture as RGBA. An exception report fails here with its sentence."""
    assert answer.headers["content-type"].startswith("image/"), answer.text[:600]
    return Image.open(io.BytesIO(answer.content)).convert("RGBA")


def pixel(image: Image.Image, x: float, y: float) -> Pixel:
    """A pixel's red, green, blue, alpha."""
    found: Any = image.getpixel((int(x), int(y)))
    return found[0], found[1], found[2], found[3]


def is_drawn(image: Image.Image) -> bool:
    """Whether any pixel of a transparent picture has something on it."""
    return bool(np.asarray(image.getchannel("A")).max() > 0)


def box_around(lon: float, lat: float, size: float = 0.0006) -> str:
    """BBOX of CRS:84 with a place in the middle."""
    return f"{lon - size / 2},{lat - size / 2},{lon + size / 2},{lat + size / 2}"


def failure(answer: httpx.Response) -> tuple[str | None, str]:
    """(code, sentence) of an exception report; anything else fails here."""
    root = etree.fromstring(answer.content)
    assert etree.QName(root).localname == "ServiceExceptionReport", answer.text[:300]
    return root[0].get("code"), root[0].text or ""
