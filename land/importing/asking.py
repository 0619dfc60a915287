"""The parent's side of the examining child: send shapes, wait, be able to give up."""

import json
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import pyarrow as pa

from gis_core.importing import sandbox
from land.importing.problems import Problem, Unusable

SECONDS = 900
_LOOK = 0.5


def ask(task: str, rows: Any, tick: Callable[[], None], seconds: float = SECONDS) -> tuple[Any, list[Problem]]:
    """What the child answers: its table and its problems. `tick` is called twice a second and may raise Cancelled.

    Raises Unusable, also when the child dies of its bounds.
    """
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_table(rows)
    with sandbox.start("land.importing.confined", task, str(seconds)) as process:
        answer = _answer(process, sink.getvalue().to_pybytes(), tick)
    if process.returncode != 0 or not answer:
        raise Unusable("too-long")
    table = pa.ipc.open_stream(answer).read_all()
    table.validate(full=True)
    said = json.loads(table.schema.metadata[b"answer"])
    if "unusable" in said:
        raise Unusable(said["unusable"], **said["params"])
    return table, [Problem.from_dict(found) for found in said["problems"]]


def _answer(process: "subprocess.Popen[bytes]", content: bytes, tick: Callable[[], None]) -> bytes:
    """A thread sends and receives: communicate() with a timeout forgets the rest of what it was to send."""
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(process.communicate, content)
        try:
            while not wait([answer], timeout=_LOOK).done:
                tick()
        except BaseException:
            process.kill()  # the thread ends with it
            raise
        return answer.result()[0]
