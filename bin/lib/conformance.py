"""From the results of the suites (TestNG) to docs/conformance.md: counts, and every failure with what is known about it.

`bin/lib/conformance_notes.json` has the explanations: suite -> name of a test -> sentence. A failure without one is listed as not
explained yet, which is a defect either of the service or of the notes.
"""

import json
import sys
from datetime import date
from pathlib import Path

from lxml import etree

_HEAD = """# Conformance

What the OGC's own suites (CITE) say of this service. `bin/conformance` runs them against a running service and writes this page;
the service declares only the classes whose tests pass, or whose failures are explained below.
"""


def main() -> int:
    """Arguments: the folder of the results, the page to write, the suites that were asked for."""
    folder, page, *suites = sys.argv[1:]
    notes = json.loads(Path(__file__).with_name("conformance_notes.json").read_text(encoding="utf-8"))
    parts = [_HEAD]
    for suite in suites:
        results = sorted(Path(folder, suite).rglob("testng-results.xml"))
        parts.append(
            _of_suite(suite, results[-1], notes.get(suite, {})) if results else f"\n## {suite}\n\nNot run: the suite is not here.\n"
        )
    Path(page).write_text("".join(parts), encoding="utf-8")
    return 0


def _of_suite(suite: str, results: Path, notes: dict[str, str]) -> str:
    root = etree.parse(results).getroot()
    methods = [found for found in root.iter("test-method") if found.get("is-config") != "true"]
    failed = [found for found in methods if found.get("status") == "FAIL"]
    counts = {status: sum(found.get("status") == status for found in methods) for status in ("PASS", "FAIL", "SKIP")}
    lines = [
        f"\n## {suite}\n",
        f"{date.today():%d.%m.%Y}: {counts['PASS']} passed, {counts['FAIL']} failed, {counts['SKIP']} skipped.\n",  # noqa: DTZ011  the operator's day
    ]
    if failed:
        lines += ["| test | what it says | why |", "|---|---|---|"]
        lines += [f"| `{_name(found)}` | {_said(found)} | {notes.get(_name(found), '**not explained yet**')} |" for found in failed]
    return "\n".join(lines) + "\n"


def _name(method: etree._Element) -> str:
    kind = method.getparent().get("name", "") if method.getparent() is not None else ""
    return f"{kind.rpartition('.')[2]}.{method.get('name')}"


def _said(method: etree._Element) -> str:
    message = method.findtext(".//message") or ""
    return " ".join(message.split())[:160].replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(main())
