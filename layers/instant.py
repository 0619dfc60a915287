"""A moment in a request: an RFC 3339 date or date-time."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.errors import BadParameter

When = date | datetime | None


def parse_instant(value: str | None, field: str = "datetime") -> When:
    """`2025-07-01` or `2025-07-01T08:00:00+07:00`; without offset Vietnamese time is meant. None when absent or empty.

    Raises BadParameter.
    """
    if not value:
        return None
    try:
        if len(value) == 10:
            return date.fromisoformat(value)
        moment = datetime.fromisoformat(value.replace(" ", "+"))
    except ValueError:
        sentence = _("%(field)s must be a date (2025-07-01) or a date and time (2025-07-01T08:00:00+07:00).")
        raise BadParameter(sentence % {"field": field}, field=field) from None
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
