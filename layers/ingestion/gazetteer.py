"""Which administrative unit a text speaks of: names in force, and former ones through what became of them. Pure; no database."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

# What a unit is called before its name; without it a name is only taken with all of its marks ("an sơn", not "an son").
KINDS = ("thành phố", "thị xã", "thị trấn", "đặc khu", "quận", "huyện", "phường", "tỉnh", "xã")


@dataclass(frozen=True)
class Name:
    """A name and the key of the unit in force that it means."""

    text: str
    unit: int


class Gazetteer:
    """Names of units. The longest name in a text wins; a name that several units have says nothing."""

    def __init__(self, names: Iterable[Name]) -> None:
        self._units: dict[str, set[int]] = {}
        for name in names:
            for written in _spellings(name.text):
                self._units.setdefault(written, set()).add(name.unit)
        written_all = sorted(self._units, key=len, reverse=True)
        self._pattern = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, written_all)) + r")(?!\w)") if written_all else None

    def find(self, text: str) -> int | None:
        """The unit that `text` speaks of; None where it names none, or several that are equally likely."""
        if self._pattern is None:
            return None
        plain = " ".join(unicodedata.normalize("NFC", text).casefold().split())
        found = [match for version in (plain, _unmarked(plain)) for match in self._pattern.findall(version)]
        longest = max(map(len, found), default=0)
        units = {unit for match in found if len(match) == longest for unit in self._units[match]}
        return units.pop() if len(units) == 1 else None


def _spellings(name: str) -> set[str]:
    """The whole name with and without marks, and the bare name with them."""
    whole = " ".join(unicodedata.normalize("NFC", name).casefold().split())
    bare = next((whole.removeprefix(kind).strip() for kind in KINDS if whole.startswith(f"{kind} ")), "")
    # A bare name of one syllable ("hội") is a word like any other.
    return {whole, _unmarked(whole)} | ({bare} if " " in bare else set())


def _unmarked(text: str) -> str:
    parts = unicodedata.normalize("NFD", text.replace("đ", "d"))
    return "".join(letter for letter in parts if not unicodedata.combining(letter))
