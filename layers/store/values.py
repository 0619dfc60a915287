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
# What the dictionary itself costs beside the bytes of the value: its key, its entry, its message object.
_OVERHEAD = 220


class Dictionary:
    """The values of one attribute of one layer. It only grows, so numbers given out stay right."""

    def __init__(self, kind: str) -> None:
        self._encode = ENCODERS[kind]
        self._codes: dict[Hashable, int] = {None: 0}
        self.messages: list[bytes] = [b""]
        self.nbytes = 0

    def __len__(self) -> int:
        return len(self.messages)

    @property
    def values(self) -> tuple[Hashable, ...]:
        """The values in the order of their numbers, None first."""
        return tuple(self._codes)

    def codes(self, values: Iterable[Hashable]) -> Codes:
        """The numbers of `values`, in the smallest type that holds them; unknown values get new ones."""
        found = np.fromiter((self._codes[value] if value in self._codes else self._add(value) for value in values), np.uint32)
        return narrow(found)

    def _add(self, value: Hashable) -> int:
        code = self._codes[value] = len(self.messages)
        message = self._encode(value)
        self.messages.append(delimited(0x22, message))
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
