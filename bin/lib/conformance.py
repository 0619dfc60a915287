"""From the results of the suites (JUnit, TestNG) to docs/conformance.md: counts, and every failure with what is known about it.

`bin/lib/conformance_notes.json` has the explanations: suite -> name of a test -> sentence; "" of a suite says why it is not run.
A failure without an explanation is listed as such, which is a defect either of the service or of the notes.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from lxml import etree

_HEAD = """# Conformance

What official and generated test suites say of this service. `bin/conformance` runs them against a running service with the pilot's
data and writes this page; explanations of failures stand in `bin/lib/conformance_notes.json`. The service declares only the classes
whose tests pass. Suites are not told any account: they see what a visitor sees, for whom nothing can be written.

Beside them the test suite itself (`bin/test`) holds every XML answer of WFS, WMS and WMTS against the OGC's schemas (`tests/wfs`,
`tests/wms`), GML against the service's own DescribeFeatureType, and drives QGIS, GDAL and OWSLib as clients.
"""
_TITLES = {
    "ogctests": "ogctests: OGC API - Features, core",
    "schemathesis": "schemathesis: requests generated from the API's own definition",
    "ets-wfs20": "ets-wfs20: WFS 2.0 (OGC CITE)",
    "ets-ogcapi-features10": "ets-ogcapi-features10: OGC API - Features (OGC CITE)",
    "ets-ogcapi-tiles10": "ets-ogcapi-tiles10: OGC API - Tiles (OGC CITE)",
    "ets-wms13": "ets-wms13: WMS 1.3.0 (OGC CITE)",
}


@dataclass(frozen=True)
class Case:
    """One test: its name, what became of it (PASS, FAIL, SKIP), the part of the suite that it is in, and what it says."""

    name: str
    status: str
    part: str = ""
    said: str = ""


def main() -> int:
    """Arguments: the folder of the results, the page to write, the suites that were asked for."""
    folder, page, *suites = sys.argv[1:]
    notes = json.loads(Path(__file__).with_name("conformance_notes.json").read_text(encoding="utf-8"))
    parts = [_HEAD, *(_of_suite(suite, list(_cases(Path(folder, suite))), notes.get(suite, {})) for suite in suites)]
    Path(page).write_text("".join(parts), encoding="utf-8")
    return 0


def _cases(folder: Path) -> Iterator[Case]:
    if (folder / "junit.xml").exists():
        yield from _junit(etree.parse(folder / "junit.xml").getroot())
    elif results := sorted(folder.rglob("testng-results.xml")):
        yield from _testng(etree.parse(results[-1]).getroot())


def _junit(root: etree._Element) -> Iterator[Case]:
    for found in root.iter("testcase"):
        bad = [child for child in found if child.tag in ("failure", "error")]
        status = "FAIL" if bad else "SKIP" if found.find("skipped") is not None else "PASS"
        said = (bad[0].get("message") or bad[0].text or "") if bad else ""
        yield Case(str(found.get("name")).partition("[")[0], status, said=said)


def _testng(root: etree._Element) -> Iterator[Case]:
    for part in root.iter("test"):
        for kind in part.iter("class"):
            for found in kind.iter("test-method"):
                if found.get("is-config") != "true":
                    name = f"{str(kind.get('name')).rpartition('.')[2]}.{found.get('name')}"
                    yield Case(name, str(found.get("status")), str(part.get("name")), found.findtext(".//message") or "")


def _of_suite(suite: str, cases: list[Case], notes: dict[str, str]) -> str:
    lines = [f"\n## {_TITLES[suite]}\n"]
    if not cases:
        lines.append(f"Not run: {notes.get('', 'the suite cannot be had here.')}\n")
        return "\n".join(lines)
    lines.append(f"{date.today():%d.%m.%Y}: {_counted(cases)}.\n")  # noqa: DTZ011  the operator's day
    parts = list(dict.fromkeys(case.part for case in cases))
    if len(parts) > 1:
        lines += ["| part | passed | failed | skipped |", "|---|---:|---:|---:|"]
        for part in parts:
            counts = " | ".join(str(_count([case for case in cases if case.part == part], status)) for status in ("PASS", "FAIL", "SKIP"))
            lines.append(f"| {part} | {counts} |")
        lines.append("")
    failed: dict[str, list[Case]] = {}
    for case in cases:
        if case.status == "FAIL":
            failed.setdefault(case.name, []).append(case)
    if failed:
        lines += ["| failing test | times | what it says | why |", "|---|---:|---|---|"]
        for name, found in failed.items():
            lines.append(f"| `{name}` | {len(found)} | {_said(found[0])} | {notes.get(name, '**not explained yet**')} |")
    return "\n".join(lines) + "\n"


def _counted(cases: list[Case]) -> str:
    return f"{_count(cases, 'PASS')} passed, {_count(cases, 'FAIL')} failed, {_count(cases, 'SKIP')} skipped"


def _count(cases: list[Case], status: str) -> int:
    return sum(case.status == status for case in cases)


def _said(case: Case) -> str:
    return " ".join(case.said.split())[:160].replace("|", "\\|").replace("<", "&lt;")


if __name__ == "__main__":
    sys.exit(main())
