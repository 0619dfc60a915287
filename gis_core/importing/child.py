"""The confined process that reads a file: asked by its standard input, answering by its output, telling a fault by a pipe of its own."""

import contextlib
import json
import os
import signal
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any

from gis_core.importing import sandbox
from gis_core.importing.faults import FileFault

_MAX_FAULT = 65_536


@contextlib.contextmanager
def asked(
    module: str, request: Mapping[str, Any], limits: sandbox.Limits, environment: dict[str, str]
) -> Iterator[tuple[IO[bytes], Callable[[], None]]]:
    """What `module` answers to `request`, and what to call at the end of it: raises the FileFault that the child's end means."""
    with contextlib.ExitStack() as stack:
        told, tell = os.pipe()
        stack.callback(os.close, told)
        try:
            process = stack.enter_context(sandbox.start(module, str(tell), environment=environment, pass_fds=[tell]))
        finally:
            os.close(tell)
        assert process.stdin is not None and process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(json.dumps(request).encode())
            process.stdin.close()
        yield process.stdout, lambda: _raise_fault(process.wait(), told, limits)


def _raise_fault(code: int, told: int, limits: sandbox.Limits) -> None:
    """Raises the FileFault that the child's end means, unless it ended well."""
    if code == 0:
        return
    text = os.read(told, _MAX_FAULT)
    if text:
        fault = json.loads(text)
        raise FileFault(fault["code"], **fault["params"])
    if code == -signal.SIGALRM:
        raise FileFault("time", limit=limits.seconds)
    if code == -signal.SIGXCPU:
        raise FileFault("cpu", limit=limits.cpu_seconds)
    raise FileFault("died", signal=-code if code < 0 else code)
