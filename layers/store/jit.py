"""Compilation of the few loops that numpy cannot do at once; without numba the same functions run as plain Python."""

import importlib
import os
from collections.abc import Callable
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., object])


def _numba() -> Any:
    """The compiler; None when it is not installed, or switched off by NUMBA_DISABLE=1."""
    if os.environ.get("NUMBA_DISABLE", "") not in ("", "0"):
        return None
    try:
        return importlib.import_module("numba")
    except ImportError:
        return None


_compiler = _numba()
COMPILED = _compiler is not None


def kernel(function: F) -> F:
    """Compile `function` at its first call (kept on disk between processes); it then runs without the interpreter's lock."""
    return cast(F, _compiler.njit(cache=True, nogil=True)(function)) if COMPILED else function
