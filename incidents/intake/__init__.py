"""The one door for new reports, whatever channel they come by: the form's own API, Open311, OpenRosa.

`take_in` answers a repeated report (same uid) with the receipt of the first, so every channel may retry as often as it likes.
"""

from incidents.intake.report import Contact, NewReport, Position, Receipt, Source
from incidents.intake.take_in import Handed, take_in, take_in_many

__all__ = ["Contact", "Handed", "NewReport", "Position", "Receipt", "Source", "take_in", "take_in_many"]
