"""What other parts of the package may join in with. Receivers run inside the sender's transaction: either all of it happens or none."""

from django.dispatch import Signal

# Sent with `incidents`: rows just written, each with its id. Once a batch, and never for a repeated report.
reports_taken_in = Signal()
# Sent with `photo` when its picture and thumbnail are there, or when it turned out to be unreadable.
photo_developed = Signal()
