"""A WFS client of the tests: asks in somebody's name and reads XML."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
from lxml import etree

from tests.cast import Person, SignIn
from tests.service import Service

NS = {
    "wfs": "http://www.opengis.net/wfs/2.0",
    "wfs1": "http://www.opengis.net/wfs",
    "ows": "http://www.opengis.net/ows/1.1",
    "ows1": "http://www.opengis.net/ows",
    "fes": "http://www.opengis.net/fes/2.0",
    "ogc": "http://www.opengis.net/ogc",
    "gml": "http://www.opengis.net/gml/3.2",
    "gml1": "http://www.opengis.net/gml",
    "ioc": "urn:ioc-map:features",
    "xsd": "http://www.w3.org/2001/XMLSchema",
}
GML_ID = f"{{{NS['gml']}}}id"


@dataclass
class Wfs:
    """Requests to `/wfs`."""

    service: Service

    def get(self, person: Person | None = None, /, how: SignIn = "session", version: str = "2.0.0", **pairs: Any) -> httpx.Response:
        """`get(person, request="GetFeature", typenames="ioc:roads")`; SERVICE and VERSION come by themselves."""
        query = urlencode({"service": "WFS", "version": version, **pairs})
        return self.service.get(f"/wfs?{query}", person, how=how)

    def post(self, body: str | bytes, person: Person | None = None, /, how: SignIn = "basic", **headers: str) -> httpx.Response:
        """A body, by default signed in as GIS programs do it."""
        content = body if isinstance(body, bytes) else body.encode()
        sent = {"Content-Type": "text/xml", **{name.replace("_", "-"): value for name, value in headers.items()}}
        return self.service.request("POST", "/wfs", person, how=how, content=content, headers=sent)

    def features(self, name: str, person: Person | None = None, /, **pairs: Any) -> list[Any]:
        """The feature elements of a type."""
        answer = self.get(person, request="GetFeature", typenames=f"ioc:{name}", **pairs)
        return found(answer, name)

    def ids(self, name: str, person: Person | None = None, /, **pairs: Any) -> list[int]:
        """Keys in the order of the answer."""
        return [key_of(feature) for feature in self.features(name, person, **pairs)]

    def filtered(self, name: str, condition: str, person: Person | None = None, /, **pairs: Any) -> set[int]:
        """Keys of the features that a FES 2.0 condition selects."""
        return set(self.ids(name, person, filter=fes(condition), **pairs))


def xml(answer: httpx.Response) -> Any:
    """The root element of an answer that is XML."""
    assert "xml" in answer.headers["Content-Type"], f"{answer.status_code} {answer.headers['Content-Type']}: {answer.text[:300]}"
    return etree.fromstring(answer.content)


def found(answer: httpx.Response, name: str) -> list[Any]:
    """The features in an answer of 200."""
    assert answer.status_code == 200, answer.text[:600]
    features: list[Any] = xml(answer).findall(f".//ioc:{name}", NS)
    return features


def key_of(feature: Any) -> int:
    """The key behind the dot of a gml:id."""
    return int(str(feature.get(GML_ID) or feature.get(f"{{{NS['gml1']}}}id")).rpartition(".")[2])


def fault(answer: httpx.Response) -> tuple[str, str, str]:
    """Code, locator and text of an exception report, of whatever version."""
    root = xml(answer)
    assert etree.QName(root).localname in ("ExceptionReport", "ServiceExceptionReport"), answer.text[:300]
    exception = root[0]
    return exception.get("exceptionCode") or exception.get("code"), exception.get("locator") or "", "".join(exception.itertext())


def fes(condition: str) -> str:
    """A FES 2.0 filter."""
    return f'<fes:Filter xmlns:fes="{NS["fes"]}" xmlns:gml="{NS["gml"]}" xmlns:ioc="{NS["ioc"]}">{condition}</fes:Filter>'


def equal(name: str, value: object, **attributes: str) -> str:
    """PropertyIsEqualTo."""
    extra = "".join(f' {key}="{text}"' for key, text in attributes.items())
    reference = f"<fes:ValueReference>{name}</fes:ValueReference>"
    return f"<fes:PropertyIsEqualTo{extra}>{reference}<fes:Literal>{value}</fes:Literal></fes:PropertyIsEqualTo>"
