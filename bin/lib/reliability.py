"""The table of docs/reliability.md from what a run of tests/faults measured.

usage: reliability.py RESULTS.json docs/reliability.md SECONDS
"""

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

BEGIN, END = "<!-- written by bin/faults -->\n", "<!-- end -->"


def table(results: list[dict[str, object]], seconds: int) -> str:
    """Markdown."""
    held = sum(bool(result["held"]) for result in results)
    moment = datetime.now(UTC).strftime("%Y-%m-%d")
    cores, load = os.cpu_count(), os.getloadavg()[2]
    lines = [
        f"{held} of {len(results)} invariants held · {moment} · {seconds} s on {cores} cores (load {load:.1f})",
        "",
        "| # | Fault | What must hold | Held | Measured |",
        "|---|---|---|---|---|",
    ]
    for result in sorted(results, key=lambda found: int(str(found["number"]))):
        measures = result["measured"]
        assert isinstance(measures, dict)
        shown = "; ".join(f"{name}: {value}" for name, value in measures.items())
        lines.append(
            f"| {result['number']} | {result['fault']} | {result['invariant']} | {'yes' if result['held'] else '**no**'} | {shown} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    """Put the table between its marks."""
    results, document = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), Path(sys.argv[2])
    text = document.read_text(encoding="utf-8")
    before, _begin, rest = text.partition(BEGIN)
    _old, _end, after = rest.partition(END)
    document.write_text(f"{before}{BEGIN}\n{table(results, int(sys.argv[3]))}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
