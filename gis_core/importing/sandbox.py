"""A child process for work on untrusted bytes: no network, no secrets, bounded memory, processor and wall time.

The parent starts it with `start`; the child's first act is `confine`, before it loads any library that reads the bytes.
"""

import contextlib
import ctypes
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_PROJECT = Path(__file__).resolve().parents[2]
_CLONE_NEWNET, _CLONE_NEWUSER = 0x40000000, 0x10000000
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_FILES = 64


@dataclass(frozen=True)
class Limits:
    """What the child may use: bytes of address space, seconds of processor and of wall time, bytes of a file that it may write."""

    memory: int = 4 << 30
    cpu_seconds: int = 1_800
    seconds: int = 7_200
    file_size: int = 0


# Single threads: libraries reserve address space for each. The proxy is a second wall where no network namespace can be had.
_ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "PYTHONDONTWRITEBYTECODE": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "GDAL_NUM_THREADS": "1",
    "GDAL_HTTP_PROXY": "127.0.0.1:9",
    "PROJ_NETWORK": "OFF",
    "OGR_GEOJSON_MAX_OBJ_SIZE": "512",
}


@contextlib.contextmanager
def start(
    module: str, *arguments: str, environment: dict[str, str] | None = None, pass_fds: Sequence[int] = ()
) -> Iterator[subprocess.Popen[bytes]]:
    """Run `python -m module` confined by its own `confine`; it is killed when the block is left, however that happens.

    It has a session of its own, so that Ctrl-C reaches the parent alone, which then kills it here.
    """
    process = subprocess.Popen(  # noqa: S603  our own interpreter and our own modules
        [sys.executable, "-P", "-s", "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**_ENVIRONMENT, "PATH": os.defpath, "PYTHONPATH": str(_PROJECT), **(environment or {})},
        pass_fds=pass_fds,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


def confine(limits: Limits) -> bool:
    """Give up what the work does not need. Whether the network is off: some systems allow no namespace to ordinary users."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    offline = bool(libc.unshare(_CLONE_NEWNET) == 0 or libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0)
    bounds = {
        resource.RLIMIT_AS: limits.memory,
        resource.RLIMIT_CPU: limits.cpu_seconds,
        resource.RLIMIT_FSIZE: limits.file_size,
        resource.RLIMIT_NOFILE: _FILES,
        resource.RLIMIT_CORE: 0,
    }
    for kind, bound in bounds.items():
        _soft, hard = resource.getrlimit(kind)
        value = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
        # The soft bound on processor time sends SIGXCPU, which tells the parent why; the hard one would only kill.
        resource.setrlimit(kind, (value, hard if kind == resource.RLIMIT_CPU else value))
    for number in (signal.SIGALRM, signal.SIGXCPU):
        signal.signal(number, signal.SIG_DFL)  # kills at once, also inside a library
    signal.setitimer(signal.ITIMER_REAL, limits.seconds)
    return offline
