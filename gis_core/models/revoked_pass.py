"""Sessions that ended before the passes given to them did."""

from django.db import models


class RevokedPass(models.Model):
    """A signed-out session. Its pass (gis_core/auth/passes.py) is refused everywhere until it would have expired anyway."""

    session = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField(db_index=True)  # housekeeping deletes by this

    def __str__(self) -> str:
        return self.session
