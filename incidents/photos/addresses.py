"""Addresses of a photo's pictures."""

from django.urls import reverse

from incidents.models import Photo


def picture(photo: Photo) -> str | None:
    """The picture that was drawn anew; None while there is none."""
    return _address(photo, "picture")


def thumbnail(photo: Photo) -> str | None:
    """Its small version; None while there is none."""
    return _address(photo, "thumbnail")


def _address(photo: Photo, form: str) -> str | None:
    return reverse("photos:shown", args=[photo.pk, form]) if photo.state == Photo.State.READY else None
