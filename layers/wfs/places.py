"""Where pages begin: programs count (`STARTINDEX=20000`), the database wants a key.

A program that reads page after page asks for each where the one before ended. That key is remembered for a while, so the
last page of a million features costs what the first does.
"""

from collections import OrderedDict
from threading import Lock

_KEPT = 4096


class Places:
    """Keys by (list, count of rows before). Forgetting one costs time, never rows."""

    def __init__(self) -> None:
        self._keys: OrderedDict[tuple[str, int], object] = OrderedDict()
        self._lock = Lock()

    def remember(self, listed: str, start: int, key: object) -> None:
        """Row number `start` (from 0) of the list is the first behind `key`."""
        with self._lock:
            self._keys[(listed, start)] = key
            while len(self._keys) > _KEPT:
                self._keys.popitem(last=False)

    def find(self, listed: str, start: int) -> object | None:
        """The key before row number `start`, if it is known."""
        with self._lock:
            return self._keys.get((listed, start))


places = Places()
