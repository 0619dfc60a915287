"""The sentences of the workspace's script, in the reader's language (tests compare them with what the script says)."""

from django.utils.translation import gettext as _

from land.workspace.form_words import form_words


def words() -> dict[str, str]:
    """Sentence by key; `{name}` stands for a value that the script fills in."""
    return _panels() | _parcel() | _tools() | _drafting() | _change() | form_words()


def _panels() -> dict[str, str]:
    return {
        "workList": _("Work list"),
        "showChanges": _("Which changes are shown"),
        "filter_open": _("Open"),
        "filter_mine": _("Drawn by me"),
        "filter_overdue": _("Overdue"),
        "filter_published": _("Published"),
        "importOf": _("Import of {n} parcels"),
        "awaitsApproval": _("Waiting for a second person"),
        "handedInByYou": _("handed in by you"),
        "noWork": _("There is nothing here."),
        "pickOnMap": _("Click a parcel on the map, or search for it, to open it."),
        "byYou": _("drawn by you"),
        "dueOn": _("due {date}"),
        "overdue": _("Overdue"),
        "tryAgain": _("Try again"),
        "toWorkList": _("To the work list"),
        "noAnswer": _("The server does not answer. Check the network; what you drew is kept in this browser."),
        "find": _("Find"),
        "findByHolder": _("Find by holder"),
        "holderName": _("Name or identity number"),
        "purpose": _("Purpose, such as the number of the file"),
        "readIsLogged": _("This reading of personal data is written down."),
        "sheetNeeded": _("Give the number of the map sheet."),
        "nothingFound": _("Nothing was found."),
        "moreFound": _("and {n} more: add the parcel number"),
        "closeResults": _("Close the results"),
        "asking": _("Asking …"),
        "unit": _("Unit"),
        "everyUnit": _("Every unit"),
    }


def _parcel() -> dict[str, str]:
    return {
        "sheet": _("Sheet"),
        "parcelNumber": _("Parcel"),
        "parcel": _("Parcel"),
        "parcelName": _("Parcel {number}, sheet {sheet}"),
        "address": _("Address"),
        "areaMeasured": _("Area measured"),
        "areaOnPaper": _("Area on paper"),
        "perimeter": _("Perimeter"),
        "parcelCode": _("Parcel code"),
        "oldKey": _("Before 1 July 2025"),
        "since": _("In force since"),
        "version": _("Version"),
        "versionN": _("Version {n}"),
        "extract": _("Cadastral extract (PDF)"),
        "sheetPlot": _("Map sheet (PDF)"),
        "landUses": _("Land uses"),
        "longTerm": _("stable, long-term"),
        "until": _("until {date}"),
        "neighbours": _("Neighbours"),
        "noNeighbours": _("No neighbour is known to the cadastre here."),
        "sharedLength": _("{length} m of common boundary"),
        "history": _("What happened to it"),
        "madeFrom": _("Made from"),
        "becameParcels": _("Became"),
        "compare": _("Compare"),
        "beforeAfter": _("{before} → {after} m²"),
        "rights": _("Rights and holders"),
        "showHolders": _("Show"),
        "certificate": _("Certificate"),
        "nobodyRecorded": _("Nobody is recorded."),
        "parcelChanged": _("{parcel} was changed just now; this is its new state."),
        "drawnOnChanged": _("A parcel that you are drawing on was changed just now."),
    }


def _tools() -> dict[str, str]:
    return {
        "toolSplitLines": _("Split by line"),
        "toolSplitAreas": _("Split by area"),
        "toolMerge": _("Merge"),
        "toolBoundary": _("Shared boundary"),
        "toolCorners": _("Corners"),
        "hintSplitLine": _(
            "Click along the dividing line from boundary to boundary. "
            "Double-click or Enter ends it, Backspace takes a point back, Esc begins anew; Alt and clicks follow a boundary."
        ),
        "hintAdjustLine": _("Drag the line's corners, or type their coordinates."),
        "hintSplitAreas": _("Give the areas to cut off, and from which side."),
        "hintMerge": _("Click the neighbours to join."),
        "hintPickNeighbour": _("Click the neighbour whose boundary is to move."),
        "hintDragBoundary": _("Drag the boundary; a drag between two corners makes a new one, Alt and a click removes one."),
        "hintCorners": _("Drag corners, or type and paste their coordinates; neighbours follow."),
        "anotherLine": _("Another line"),
        "lineByCoordinates": _("Line by coordinates"),
        "areasToCut": _("Areas to cut off (m²)"),
        "areasHint": _("Several with semicolons, one cut after the other; the rest is the last parcel."),
        "fromSide": _("From which side"),
        "north": _("North"),
        "east": _("East"),
        "south": _("South"),
        "west": _("West"),
        "byBearing": _("By bearing (degrees)"),
        "notNeighbour": _("{parcel} does not touch the chosen parcels."),
        "leaveOut": _("Leave out {parcel}"),
        "noCommonBoundary": _("{parcel} does not share exactly one boundary line with this one."),
        "xNorth": _("X (north)"),
        "yEast": _("Y (east)"),
        "edgeLength": _("Edge (m)"),
        "addCorner": _("Add a corner"),
        "removeCorner": _("Remove the corner"),
        "pasteHint": _("Columns X and Y can be pasted from a spreadsheet."),
        "pasted": _("{n} corners pasted."),
        "pasteSwapped": _("The columns stood the other way round (Y before X) and were exchanged."),
        "pasteBad": _("Lines without two numbers: {lines}."),
        "pasteNothing": _("There are no coordinates in what was pasted."),
        "pasteTooMany": _("{given} corners were pasted, there is place for {places}."),
        "notANumber": _("“{text}” is not a number."),
    }


def _drafting() -> dict[str, str]:
    return {
        "undo": _("Undo"),
        "redo": _("Redo"),
        "saveDraft": _("Save as draft"),
        "saveAndSubmit": _("Submit"),
        "giveUp": _("Give up"),
        "giveUpSure": _("Give up what you have drawn?"),
        "reason": _("Reason"),
        "reasonExample": _("Application no. 12 of 3 May 2026"),
        "reasonNeeded": _("Write the reason, at least three letters."),
        "rulesKept": _("All rules are kept."),
        "violations": _("Broken rules"),
        "unfinished": _("A drawing was not saved: {kind}, {at}."),
        "resume": _("Take it up again"),
        "discard": _("Throw it away"),
    }


def _change() -> dict[str, str]:
    return {
        "report": _("Report of the check"),
        "reportClean": _("No rule is broken."),
        "log": _("Log"),
        "author": _("Drawn by"),
        "approver": _("Approved by"),
        "effectiveOn": _("Effective on"),
        "due": _("Due"),
        "note": _("Note"),
        "submit": _("Submit"),
        "drawAgain": _("Edit"),
        "withdraw": _("Withdraw"),
        "approve": _("Approve"),
        "checkAgain": _("Check again"),
        "publish": _("Publish"),
        "sendBack": _("Return"),
        "nowState": _("The change is now: {state}."),
        "before": _("Before"),
        "after": _("After"),
        "newParcel": _("New parcel"),
        "conflict": _("Somebody else was faster"),
        "asYouSaw": _("As it was drawn on"),
        "asItIs": _("As it is now"),
        "drawAnew": _("Draw on the present state"),
        "unknownState": _("not known"),
        "zoomIn": _("Zoom in"),
        "zoomOut": _("Zoom out"),
    }
