"""Many editors at once, each a process of its own: run as a program over a test database, it forks them and prints what they did.

    python -m tests.land.editors <officer> <approver> <sheet> <processes> <changes each>

One line of JSON a change: its kind, its uid, and how it ended (published, or the class of the failure).
"""

import json
import os
import sys
from typing import Any

import django


def main(officer: int, approver: int, sheet: int, processes: int, changes: int) -> int:
    """Fork the editors before any of them is connected, and wait for all."""
    children = []
    for number in range(processes):
        child = os.fork()
        if child == 0:
            _edit(number, officer, approver, sheet, changes)
        children.append(child)
    return max(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children)


def _edit(number: int, officer: int, approver: int, sheet: int, changes: int) -> None:
    """One editor's life; ends its process."""
    status = 1
    try:
        from tests.land.random_editor import Editor

        editor = Editor(number, officer, approver, sheet)
        lines: list[dict[str, Any]] = [editor.change() for _turn in range(changes)]
        os.write(1, "".join(json.dumps(line) + "\n" for line in lines).encode())
        status = 0
    finally:
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    django.setup()
    sys.exit(main(*(int(argument) for argument in sys.argv[1:])))
