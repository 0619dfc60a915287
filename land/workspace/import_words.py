"""The sentences of the import page's script, in the reader's language."""

from django.utils.translation import gettext as _


def import_words() -> dict[str, str]:
    """Sentence by key, as `land.workspace.words.words`."""
    return _bringing() | _looking() | _exporting()


def _bringing() -> dict[str, str]:
    return {
        "importTitle": _("Import parcels"),
        "importLead": _("A file of a whole commune or of one map sheet. Everything that is wrong is shown before anything is written."),
        "chooseFile": _("Choose a file or drop it here"),
        "fileKinds": _("GeoPackage, Shapefile (zip), GeoJSON, DXF, DGN v7, CSV or TXT lists of corners"),
        "importUnit": _("Commune"),
        "questions": _("Answers for this file"),
        "questionsHint": _("What you leave open is guessed, and the guess is shown."),
        "crsQuestion": _("Coordinate system"),
        "guessIt": _("As the file says, or a guess"),
        "degreesGps": _("WGS 84, degrees (GPS)"),
        "axesQuestion": _("First coordinate of corners"),
        "axesNorth": _("X is north (survey papers)"),
        "axesEast": _("X is east"),
        "scriptQuestion": _("Texts"),
        "sheetQuestion": _("Map sheet of a drawing"),
        "examine": _("Examine the file"),
        "sending": _("Sending … {percent} %"),
        "earlierImports": _("Earlier imports"),
        "noImports": _("None yet."),
    }


def _looking() -> dict[str, str]:
    return {
        "step_queued": _("Waiting for the worker …"),
        "step_reading": _("Reading the file"),
        "step_drawing": _("Closing lines to parcels"),
        "step_checking": _("Examining the parcels"),
        "step_writing": _("Writing into the register"),
        "cancelImport": _("Cancel"),
        "newImport": _("Another file"),
        "parcelsFound": _("parcels"),
        "groundFound": _("hectares"),
        "cannotComeIn": _("cannot be brought in"),
        "howRead": _("How the file was read"),
        "nothingWrong": _("Nothing is wrong with this file."),
        "problems": _("What is wrong"),
        "showingFirst": _("The first {n} are shown."),
        "rowN": _("row {n}"),
        "handIn": _("Hand {n} parcels in for approval"),
        "waitsForApproval": _("{n} parcels wait for the approval of another person. Nothing is in the register yet."),
        "notHandedIn": _("The officer has not handed this import in yet."),
        "approveImport": _("Approve and bring {n} parcels in"),
        "leftOut": _("{n} parcels with errors are left out."),
        "whyBack": _("Reason for returning it"),
        "sendBack": _("Return to the officer"),
        "sentBack": _("It came back:"),
        "leaveOut": _("Leave out the {n} parcels that cannot be brought in"),
        "hopeless": _("Nothing of this file can be brought in as it is. Correct the answers below, or the file."),
        "examineAgain": _("Examine again"),
        "broughtIn": _("{n} parcels are in the register."),
        "importCancelled": _("The import was cancelled; nothing of it is in the register."),
        "sheetOf": _("Sheet {sheet}: {n}"),
        "showOnMap": _("To the map"),
    }


def _exporting() -> dict[str, str]:
    return {
        "exportTitle": _("Export parcels"),
        "exportFormat": _("Format"),
        "exportSheet": _("Sheet (all where left empty)"),
        "download": _("Download"),
        "format_gpkg": _("GeoPackage"),
        "format_shp": _("Shapefile (zip)"),
        "format_geojson": _("GeoJSON (VN-2000)"),
        "format_wgs84": _("GeoJSON (WGS 84)"),
        "format_dxf": _("DXF with levels"),
        "format_csv": _("Table with outlines (CSV)"),
        "format_corners": _("List of corners (CSV)"),
        "format_xml": _("XML (DC_ThuaDat)"),
    }
