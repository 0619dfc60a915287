"""Hostile requests: an exception report within a second, never a 5xx, and nothing asked of anybody else."""

import time

import httpx
import pytest

from tests.cast import Person
from tests.wfs.client import NS, Wfs, equal, fault, fes

PATIENCE = 8.0  # a second on an idle machine; the suite runs on loaded ones
_HEAD = f'<GetFeature xmlns="{NS["wfs"]}" xmlns:fes="{NS["fes"]}" service="WFS" version="2.0.0">'
_GET = _HEAD + '<Query typeNames="roads">%s</Query></GetFeature>'
_XXE = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + _GET % "<fes:Filter>&x;</fes:Filter>"
_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
_BOMB = f'<!DOCTYPE r [<!ENTITY l0 "ha">{_LAUGHS}]>' + _GET % "<fes:Filter>&l11;</fes:Filter>"
_REMOTE = '<!DOCTYPE r SYSTEM "http://127.0.0.1:1/evil.dtd">' + _GET % ""
_DEEP = "<fes:Not>" * 5_000 + equal("name", "x") + "</fes:Not>" * 5_000
_MANY = f"<fes:Or>{equal('name', 'x') * 5_000}</fes:Or>"


def refused(answer: httpx.Response, started: float) -> str:
    """The text of a refusal in time."""
    assert time.monotonic() - started < PATIENCE
    assert answer.status_code < 500, answer.text[:300]
    assert answer.status_code >= 400
    text = fault(answer)[2]
    assert "root:" not in text and len(text) < 2_000
    return text


_DOCUMENTS = {
    "external": _XXE,
    "bomb": _BOMB,
    "remote": _REMOTE,
    "utf-16": _XXE.encode("utf-16"),
    "lower case": _XXE.replace("DOCTYPE", "doctype"),
}


@pytest.mark.parametrize("body", _DOCUMENTS.values(), ids=_DOCUMENTS.keys())
def test_documents_that_bring_entities(wfs: Wfs, body: str | bytes) -> None:
    started = time.monotonic()
    refused(wfs.post(body), started)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<",
        b"\x00\xff\xfe",
        b"<?xml version='1.0' encoding='utf-7'?><a/>",
        b'<?xml version="1.0" encoding="nonsense"?><a/>',
        "<GetFeature>ngưỡng</GetFeature>".encode("latin-1", "replace")[:-3] + b"\xff\xff",
        b"{}",
        b"<a/>",
        (_GET % f"<fes:Filter>{_DEEP}</fes:Filter>").encode(),
        (_GET % f"<fes:Filter>{_MANY}</fes:Filter>").encode(),
        b"<GetFeature>" + b"x" * 3_000_000 + b"</GetFeature>",
        (_GET.replace("roads", "no_such_type") % "").encode(),
    ],
    ids=["empty", "cut", "bytes", "utf-7", "unknown encoding", "wrong bytes", "json", "other", "deep", "many", "3 MB", "foreign type"],
)
def test_bodies_that_cannot_be_read(wfs: Wfs, body: bytes) -> None:
    started = time.monotonic()
    refused(wfs.post(body), started)


def test_a_megabyte_of_pairs(wfs: Wfs) -> None:
    started = time.monotonic()
    for query in ("FILTER=" + "x" * 1_000_000, "&".join(f"A{n}=1" for n in range(100_000))):
        with wfs.service.stream(f"/wfs?SERVICE=WFS&REQUEST=GetFeature&TYPENAMES=roads&{query}") as answer:
            assert answer.status == 414
            assert b"ExceptionReport" in answer.body()
    assert time.monotonic() - started < PATIENCE


def test_many_pairs(wfs: Wfs) -> None:
    started = time.monotonic()
    refused(wfs.service.get("/wfs?" + "&".join(f"A{n}=1" for n in range(200))), started)


INJECTION = "roads'; DROP TABLE land_parcel; --"


_PARAMETERS = (
    *("service", "request", "version", "typenames", "srsname", "bbox", "filter"),
    *("cql_filter", "sortby", "count", "startindex"),
)


@pytest.mark.parametrize("name", _PARAMETERS)
def test_sql_in_every_parameter(wfs: Wfs, name: str) -> None:
    started = time.monotonic()
    pairs = {"service": "WFS", "request": "GetFeature", "version": "2.0.0", "typenames": "roads", name: INJECTION}
    refused(wfs.service.get("/wfs", params=pairs), started)


@pytest.mark.parametrize("name", ["propertyname", "outputformat", "resulttype", "datetime", "storedquery_id", "valuereference"])
def test_sql_in_the_rest(wfs: Wfs, name: str) -> None:
    started = time.monotonic()
    request = "GetPropertyValue" if name == "valuereference" else "GetFeature"
    refused(wfs.service.get("/wfs", params={"request": request, "typenames": "roads", name: INJECTION}), started)


@pytest.mark.parametrize("name", ["resourceid", "cursor"])
def test_sql_in_what_selects_nothing(wfs: Wfs, name: str) -> None:
    """An id that cannot be is of no feature; a cursor that is none is left alone."""
    answer = wfs.service.get("/wfs", params={"request": "GetFeature", "typenames": "roads", "count": "1", name: INJECTION})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "query", ["TYPENAMES=roads%FF", "TYPENAMES=roads%00", "TYPENAMES=roads&TYPENAMES=water", "CQL_FILTER=name%20=%20'%00'"]
)
def test_wrong_encodings(wfs: Wfs, query: str) -> None:
    started = time.monotonic()
    refused(
        wfs.service.get(f"/wfs?REQUEST=GetFeature&TYPENAMES=roads&{query}".replace("TYPENAMES=roads&TYPENAMES=roads%", "TYPENAMES=roads%")),
        started,
    )


_FOREIGN = ("parcels", "evil:parcels", "{http://evil.example}parcels", "no_such", "../parcels", "roads,parcels", "x" * 3_000)


@pytest.mark.parametrize("name", _FOREIGN)
def test_foreign_types_are_all_the_same(wfs: Wfs, name: str) -> None:
    """Unknown and forbidden: one code, one locator, one sentence."""
    answer = wfs.get(request="GetFeature", typenames=name)
    code, locator, text = fault(answer)
    assert (answer.status_code, code, locator) == (400, "InvalidParameterValue", "typeNames")
    assert text.startswith(fault(wfs.get(request="GetFeature", typenames="no_such"))[2].split("“")[0])


def test_deep_and_long_filters_as_pairs(wfs: Wfs) -> None:
    started = time.monotonic()
    deep = "<fes:Not>" * 60 + equal("name", "x") + "</fes:Not>" * 60
    assert "32" in refused(wfs.get(request="GetFeature", typenames="roads", filter=fes(deep)), started)


def test_wrong_credentials_are_401_and_no_credentials_are_not(wfs: Wfs, officer: Person) -> None:
    """QGIS without a screen waits for ever on a 401."""
    assert wfs.get(request="GetFeature", typenames="parcels").status_code == 400
    wrong = wfs.service.get("/wfs?SERVICE=WFS&REQUEST=GetCapabilities", headers={"Authorization": "Bearer nonsense"})
    assert wrong.status_code == 401 and "WWW-Authenticate" in wrong.headers
    assert fault(wrong)[0] == "NoApplicableCode"
    for how in ("basic", "bearer", "session"):
        assert len(wfs.features("parcels", officer, how=how)) == 2
