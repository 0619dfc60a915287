"""Tasks of the background worker; Procrastinate looks for them here."""

from incidents.photos.tasks import develop_photo, sweep_photos

__all__ = ["develop_photo", "sweep_photos"]
