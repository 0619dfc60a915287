"""Addresses of a photo's pictures."""

from incidents.models import Photo


def picture(photo: Photo) -> str | None:
    """The picture that was drawn anew; None while there is none."""
    return None


def thumbnail(photo: Photo) -> str | None:
    """Its small version; None while there is none."""
    return None
