"""Dictionaries: each value of an attribute is kept once and columns hold its number; 0 is none.

Values are kept as the MVT Value message (MVT 2.1, 4.4) that tiles need, typed as ST_AsMVT types the column: integers are
uint (or sint below zero), text and everything without a type of its own is a string.
"""

import struct
from collections.abc import Callable, Hashable, Iterable, Mapping
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint8] | npt.NDArray[np.uint16] | npt.NDArray[np.uint32]
# What a value costs beside its message: its key and the key's entry.
_OVERHEAD = 190


class Heap:
    """The Value messages of all tile fields of one layer, one after the other, as the loops copy them into tiles.

    It only grows, into new arrays: whoever reads in another thread keeps those that it has.
    """

    def __init__(self) -> None:
        self.text, self.ends = np.empty(1024, np.uint8), np.zeros(65, np.int64)  # message n is text[ends[n]:ends[n + 1]]
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def nbytes(self) -> int:
        """Memory of the arrays."""
        return self.text.nbytes + self.ends.nbytes

    def add(self, message: bytes) -> int:
        """Append a message; its number."""
        begin = int(self.ends[self._count])
        end = begin + len(message)
        if end > len(self.text):
            self.text = np.concatenate([self.text, np.empty(max(len(self.text), end), np.uint8)])
        if self._count + 2 > len(self.ends):
            self.ends = np.concatenate([self.ends, np.zeros_like(self.ends)])
        self.text[begin:end] = np.frombuffer(message, np.uint8)
        self._count += 1
        self.ends[self._count] = end
        return self._count - 1


class Dictionary:
    """The values of one attribute of one layer. It only grows, so numbers given out stay right."""

    def __init__(self, kind: str, heap: Heap) -> None:
        self._kind, self._encode = kind, ENCODERS[kind]
        self._heap = heap
        self._codes: dict[Hashable, int] = {None: 0}
        self._places = np.full(64, -1, np.int32)
        self.nbytes = 0

    def __len__(self) -> int:
        return len(self._codes)

    @property
    def places(self) -> npt.NDArray[np.int32]:
        """Of each code the number of its message in the heap; -1 for none."""
        return self._places[: len(self._codes)]

    @property
    def values(self) -> tuple[Hashable, ...]:
        """The values in the order of their numbers, None first."""
        return tuple(self._codes)

    def codes(self, values: Iterable[Hashable]) -> Codes:
        """The numbers of `values`, in the smallest type that holds them; unknown values get new ones."""
        found = np.fromiter((self._codes[value] if value in self._codes else self._add(value) for value in values), np.uint32)
        return narrow(found)

    def only(self, codes: Codes, heap: Heap) -> tuple["Dictionary", Codes]:
        """A dictionary, over `heap`, of the values that `codes` stand for and no others; and their codes in it."""
        known = self.values
        used = np.zeros(len(known), np.bool_)
        used[codes] = True
        kept = np.flatnonzero(used)
        fresh = Dictionary(self._kind, heap)
        now = np.zeros(len(known), np.uint32)
        now[kept] = fresh.codes(known[code] for code in kept)
        return fresh, narrow(now[codes])

    def _add(self, value: Hashable) -> int:
        code = len(self._codes)
        if code == len(self._places):
            self._places = np.concatenate([self._places, np.full(code, -1, np.int32)])
        message = delimited(0x22, self._encode(value))
        self._places[code] = self._heap.add(message)
        self._codes[value] = code
        self.nbytes += len(message) + _OVERHEAD
        return code


class Units:
    """The administrative units of a layer's rows, numbered from 1; 0 is none."""

    def __init__(self) -> None:
        self._codes: dict[int | None, int] = {None: 0}
        self.ids: list[int] = [-1]

    def codes(self, units: Iterable[int | None]) -> Codes:
        """The numbers of units, in the smallest type that holds them."""
        found = np.fromiter((self._codes[unit] if unit in self._codes else self._add(unit) for unit in units), np.uint32)
        return narrow(found)

    def _add(self, unit: int | None) -> int:
        assert unit is not None
        self._codes[unit] = len(self.ids)
        self.ids.append(unit)
        return self._codes[unit]

    def reached(self, units: frozenset[int]) -> npt.NDArray[np.bool_]:
        """Which numbers stand for one of `units`."""
        return np.fromiter((unit in units for unit in self.ids), np.bool_, len(self.ids))


def narrow(codes: npt.NDArray[np.uint32]) -> Codes:
    """The same numbers in the smallest type."""
    top = int(codes.max(initial=0))
    if top < 256:
        return codes.astype(np.uint8)
    return codes.astype(np.uint16) if top < 65536 else codes


def varint(value: int) -> bytes:
    """A protobuf varint of a number ≥ 0."""
    encoded = bytearray()
    while value >= 128:
        encoded.append(value & 127 | 128)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def delimited(tag: int, content: bytes) -> bytes:
    """A length-delimited protobuf field."""
    return bytes((tag,)) + varint(len(content)) + content


def _integer(value: Hashable) -> bytes:
    number = int(value)  # type: ignore[call-overload]
    return b"\x28" + varint(number) if number >= 0 else b"\x30" + varint(-2 * number - 1)


ENCODERS: Mapping[str, Callable[[Hashable], bytes]] = MappingProxyType(
    {
        "string": lambda value: delimited(0x0A, str(value).encode()),
        "float": lambda value: struct.pack("<Bf", 0x15, value),
        "double": lambda value: struct.pack("<Bd", 0x19, value),
        "integer": _integer,
        "boolean": lambda value: b"\x38\x01" if value is True else b"\x38\x00",
    }
)
