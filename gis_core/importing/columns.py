"""Names of columns from the names that people give to attributes."""

import re
import unicodedata
from collections.abc import Collection, Sequence

MAX_LENGTH = 60
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def identifiers(names: Sequence[str], reserved: Collection[str]) -> list[str]:
    """One identifier a name, in order: lower-case letters, digits and single underscores, a letter first, no two alike.

    "fullName" becomes full_name, "Diện tích (m²)" dien_tich_m2; a reserved word gets "source_" before it.
    """
    found: list[str] = []
    for name in names:
        base = identifier(name)
        if base in reserved:
            base = f"source_{base}"
        candidate, number = base, 2
        while candidate in found:
            candidate, number = f"{base[: MAX_LENGTH - 4]}_{number}", number + 1
        found.append(candidate)
    return found


def identifier(name: str) -> str:
    """A single name as an identifier; "field" when nothing of it can stay."""
    spaced = _CAMEL.sub("_", unicodedata.normalize("NFC", name).strip())
    # NFKD also turns ² into 2 and ligatures into letters; đ has no decomposition.
    letters = unicodedata.normalize("NFKD", spaced.replace("đ", "d").replace("Đ", "D"))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter)).lower()
    joined = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:MAX_LENGTH].strip("_")
    if not joined:
        return "field"
    return joined if joined[0].isalpha() else f"f_{joined}"[:MAX_LENGTH]
