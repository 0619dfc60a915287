"""How glibc keeps the memory of a process with many threads."""

import ctypes

_M_ARENA_MAX = -8
_ARENAS = 2


def keep_heaps_few() -> None:
    """Let all threads share two heaps, before the first of them starts.

    glibc gives each thread one of its own, up to eight a core. What a request leaves in one of them is used again only by the
    threads that happen to have it, so the process grows for hours before it stands still. The interpreter's lock lets one
    thread at a time allocate anyhow. Other C libraries have no such setting and need none.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, _ARENAS)
