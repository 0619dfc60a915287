"""The sentences of the board's script, in the reader's language."""

from django.utils.translation import gettext as _


def words() -> dict[str, str]:
    """Sentence by key; `{name}` stands for a value that the script fills in."""
    return _list() | _detail() | _sums()


def _list() -> dict[str, str]:
    return {
        "search": _("Search text, address, code"),
        "open": _("Open"),
        "all": _("All"),
        "overdue": _("Overdue"),
        "waiting": _("Waiting for the reporter"),
        "unassigned": _("Without a unit"),
        "pending": _("To be moderated"),
        "anyCategory": _("Every category"),
        "anySeverity": _("Every severity"),
        "anyUnit": _("Every unit"),
        "anyArea": _("Every area"),
        "newest": _("Newest"),
        "due": _("By deadline"),
        "heat": _("Heat map"),
        "inView": _("Only what the map shows"),
        "none": _("Nothing fits this filter."),
        "total": _("{n} reports"),
        "selected": _("{n} selected"),
        "assignAll": _("Assign to"),
        "receiveAll": _("Receive"),
        "clear": _("Clear"),
        "doneAll": _("{ok} done, {failed} refused"),
        "saveFilter": _("Keep this filter"),
        "nameFilter": _("Name of the filter"),
        "savedFilters": _("Kept filters"),
        "keys": _("Keys: J K move, Enter open, X select, A assign, S start, R resolve, M map, / search, Esc close"),
        "noAnswer": _("The server does not answer. Check the network."),
        "list": _("List"),
        "map": _("Map"),
    }


def _detail() -> dict[str, str]:
    return {
        "close": _("Close"),
        "dueAt": _("due {date}"),
        "lateBy": _("overdue since {date}"),
        "clockStands": _("The clock stands: waiting for the reporter."),
        "reported": _("Reported"),
        "channel": _("Came by"),
        "unit": _("Unit"),
        "area": _("Area"),
        "place": _("Place"),
        "flags": _("Signs"),
        "accuracy": _("accuracy {n} m"),
        "duplicateOf": _("Duplicate of"),
        "trackingPage": _("Public page"),
        "publicNow": _("Everybody sees it"),
        "notPublic": _("Not public"),
        "publish": _("Publish"),
        "refuse": _("Do not publish"),
        "approvePhoto": _("Show the photo"),
        "refusePhoto": _("Hide the photo"),
        "note": _("Internal note"),
        "workPhotos": _("Photos of the work"),
        "workPhotosHint": _("Everybody sees them once they were approved."),
        "photoComes": _("Photo is being prepared"),
        "sendingPhoto": _("Sending photo {n} of {of} …"),
        "photoOfWork": _("Photo of the work"),
        "publicNote": _("Public note (the reporter reads it)"),
        "original": _("Code of the original"),
        "chooseUnit": _("Handling unit"),
        "nearest": _("Nearest free units"),
        "free": _("{distance} · {open} open"),
        "full": _("{distance} · full ({open})"),
        "take": _("Confirm"),
        "cancel": _("Cancel"),
        "history": _("What was done"),
        "reporter": _("reporter"),
        "system": _("service"),
        "instructions": _("Instructions"),
        "instruct": _("Give an instruction"),
        "instruction": _("Instruction"),
        "deadline": _("Deadline"),
        "answer": _("Answer"),
        "sendAnswer": _("Send the answer"),
        "closeIt": _("Accept"),
        "stale": _("Somebody else changed this report. It was loaded again."),
    }


def _sums() -> dict[str, str]:
    return {
        "statistics": _("Statistics"),
        "by_unit": _("By unit"),
        "by_category": _("By category"),
        "by_area": _("By area"),
        "by_month": _("By month"),
        "by_week": _("By week"),
        "col_total": _("Total"),
        "col_open": _("Open"),
        "col_resolved": _("Resolved"),
        "col_on_time": _("On time"),
        "col_late": _("Late"),
        "col_overdue": _("Overdue"),
        "col_reopened": _("Reopened"),
        "col_rejected": _("Rejected"),
        "col_median_hours": _("Median (hours)"),
        "export": _("Export"),
        "sumOfAll": _("Everything"),
    }
