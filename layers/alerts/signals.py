"""What other packages join in with. Receivers run inside the transaction that wrote the alerts: either all of it happens or none."""

from django.dispatch import Signal

# Sent with `alerts` (a list) and `event`: "raised", "escalated" or "cleared".
alerts_told = Signal()
