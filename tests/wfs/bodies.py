"""Bodies of Transaction as programs write them, in the three versions."""

from tests.wfs.client import NS

V1 = f'xmlns:ogc="{NS["ogc"]}" xmlns:gml="{NS["gml1"]}" xmlns:ioc="{NS["ioc"]}"'
V2 = f'xmlns:wfs="{NS["wfs"]}" xmlns:fes="{NS["fes"]}" xmlns:gml="{NS["gml"]}" xmlns:ioc="{NS["ioc"]}"'


def first(inside: str, version: str = "1.0.0", extra: str = "") -> str:
    """A Transaction of 1.0.0 or 1.1.0, written as QGIS does: the namespace is the default one."""
    return f'<Transaction xmlns="{NS["wfs1"]}" {V1} service="WFS" version="{version}"{extra}>{inside}</Transaction>'


def second(inside: str, extra: str = "") -> str:
    """A Transaction of 2.0.0."""
    return f'<wfs:Transaction {V2} service="WFS" version="2.0.0"{extra}>{inside}</wfs:Transaction>'


def gml2_point(x: float, y: float) -> str:
    """GML 2 as QGIS 3.22 writes it: x,y whatever srsName says."""
    coordinates = f'<gml:coordinates cs="," ts=" ">{x},{y}</gml:coordinates>'
    return f'<gml:Point srsName="urn:ogc:def:crs:EPSG::4326">{coordinates}</gml:Point>'


def gml3_point(first_axis: float, second_axis: float, srs: str = "urn:ogc:def:crs:EPSG::4326") -> str:
    """GML 3.1 or 3.2."""
    return f'<gml:Point srsName="{srs}" srsDimension="2"><gml:pos>{first_axis} {second_axis}</gml:pos></gml:Point>'


def insert(name: str, geometry: str, attributes: str = "", action: str = "Insert", extra: str = "") -> str:
    """An Insert; the feature's namespace is its own default one, without prefix, as QGIS writes it."""
    return f'<{action}{extra}><{name} xmlns="{NS["ioc"]}">{attributes}<geom>{geometry}</geom></{name}></{action}>'


def properties(values: dict[str, str | None], action: str = "", reference: str = "Name") -> str:
    """Property elements; None is NULL."""
    prefix = f"{action}:" if action else ""
    return "".join(
        f"<{prefix}Property><{prefix}{reference}>ioc:{name}</{prefix}{reference}>"
        + (f"<{prefix}Value>{value}</{prefix}Value>" if value is not None else "")
        + f"</{prefix}Property>"
        for name, value in values.items()
    )


def by_fid(*fids: str) -> str:
    """A filter of 1.x."""
    ids = "".join(f'<ogc:FeatureId fid="{fid}"/>' for fid in fids)
    return f'<ogc:Filter xmlns:ogc="{NS["ogc"]}">{ids}</ogc:Filter>'


def update(fid: str, values: dict[str, str | None]) -> str:
    """An Update of 1.x by id."""
    return f'<Update typeName="ioc:{fid.partition(".")[0]}">{properties(values)}{by_fid(fid)}</Update>'


def delete(*fids: str) -> str:
    """A Delete of 1.x by ids."""
    return f'<Delete typeName="ioc:{fids[0].partition(".")[0]}">{by_fid(*fids)}</Delete>'
