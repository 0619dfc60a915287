"""Colours as texts."""

import re

_HEX = re.compile(r"#[0-9a-fA-F]{6}")


def is_hex(text: str) -> bool:
    """Whether a text is `#rrggbb`."""
    return bool(_HEX.fullmatch(text))


def rgb(text: str) -> tuple[int, int, int]:
    """The parts of `#rrggbb` or `#rgb`; grey for other notations."""
    value = text.removeprefix("#")
    if len(value) == 3:
        value = "".join(letter * 2 for letter in value)
    return (int(value[0:2], 16), int(value[2:4], 16), int(value[4:6], 16)) if is_hex(f"#{value}") else (128, 128, 128)
