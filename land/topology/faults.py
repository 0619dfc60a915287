"""What can be wrong with a geometric operation: a code, its sentence, and the place."""


def gettext_noop(text: str) -> str:
    """Marks a sentence for translation."""
    return text


SENTENCES: dict[str, str] = {
    "line-misses": gettext_noop("The lines do not divide the parcel: each must run from boundary to boundary."),
    "area-too-large": gettext_noop("There is not that much ground: %(wanted)s m² are asked of %(area)s m²."),
    "area-not-positive": gettext_noop("An area must be greater than 0."),
    "part-in-pieces": gettext_noop("Cut from this side, a part would fall into several pieces. Take another side, or draw the line."),
    "not-adjacent": gettext_noop("The parcels do not share a boundary, so they cannot become one."),
    "boundary-unclear": gettext_noop("The new boundary must divide the two parcels' common ground into one part for each of them."),
    "no-corner": gettext_noop("No corner of the parcel lies at this position."),
    "corner-breaks-shape": gettext_noop("With the corner there, a parcel would cross itself."),
    "too-thin": gettext_noop("A part would be thinner than a millimetre."),
}


class TopologyFault(ValueError):
    """An operation that the geometry does not allow; `place` is east and north in metres, where one can be named."""

    def __init__(self, code: str, place: tuple[float, float] | None = None, **params: object) -> None:
        super().__init__(SENTENCES[code] % params)
        self.code = code
        self.place = place
        self.params = params
