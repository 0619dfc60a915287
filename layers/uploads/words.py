"""The sentences of the upload pages' script, in the reader's language."""

from django.utils.translation import gettext as _

from layers.coverages.looks import TITLES


def words() -> dict[str, str]:
    """Sentence by key."""
    return _bringing() | _deciding() | _keeping() | _rasters()


def _bringing() -> dict[str, str]:
    return {
        "title": _("Your data on the map"),
        "lead": _("A file becomes a layer: in the viewer, in QGIS and on the wall. Everything is examined before anything is written."),
        "chooseFile": _("Choose a file or drop it here"),
        "fileKinds": _("GeoPackage, Shapefile (zip), GeoJSON, FlatGeobuf, GeoParquet, KML, GPX, DXF, CSV, Excel (.xlsx), GeoTIFF"),
        "questions": _("Answers for this file"),
        "questionsHint": _("What you leave open is guessed, and the guess is shown."),
        "crs": _("Coordinate system"),
        "asFile": _("As the file says"),
        "degrees": _("WGS 84, degrees (GPS)"),
        "script": _("Texts"),
        "guess": _("Found out from the letters"),
        "examine": _("Examine the file"),
        "sending": _("Sending … {percent} %"),
        "yourUploads": _("Your uploads"),
        "yourLayers": _("Your layers"),
        "none": _("None yet."),
        "rows": _("rows of data"),
        "waiting": _("Waiting for the worker …"),
        "cancel": _("Cancel"),
        "another": _("Another file"),
        "noAnswer": _("The service does not answer. Try again."),
    }


def _deciding() -> dict[str, str]:
    return {
        "question": _("One answer is missing"),
        "whichLayer": _("Layer in the file"),
        "whichKind": _("Kind of geometry"),
        "point": _("points"),
        "line": _("lines"),
        "polygon": _("surfaces"),
        "east": _("Column of east (longitude)"),
        "north": _("Column of north (latitude)"),
        "answer": _("Go on"),
        "again": _("Examine again"),
        "columns": _("columns"),
        "bad": _("cannot be used"),
        "howRead": _("How the file was read"),
        "firstRows": _("The first rows"),
        "problems": _("What is wrong"),
        "row": _("row {n}"),
        "layerTitle": _("Title of the layer"),
        "what": _("What becomes of it"),
        "create": _("A new layer"),
        "replace": _("Replace the rows of"),
        "append": _("Add to the rows of"),
        "upsert": _("Renew, by key, the rows of"),
        "target": _("Layer"),
        "key": _("Attribute that tells rows apart"),
        "noKey": _("none"),
        "access": _("Who sees it"),
        "scoped": _("those who work in the unit of a row"),
        "public": _("everybody"),
        "leaveOut": _("Leave out the {n} rows that cannot be used"),
        "publish": _("Publish {n} rows"),
        "cancelled": _("The upload was cancelled; nothing of it is stored."),
        "published": _("The layer is on the map, in QGIS and in every service."),
        "changed": _("Done."),
        "styleIt": _("Choose its style"),
        "toMap": _("To the map"),
    }


def _keeping() -> dict[str, str]:
    return {
        "style": _("Style"),
        "single": _("One colour"),
        "categorised": _("A colour a value"),
        "graduated": _("A colour an interval"),
        "heat": _("Heat"),
        "field": _("By attribute"),
        "weight": _("Weight (none: every point alike)"),
        "classes": _("Classes"),
        "method": _("Intervals"),
        "quantile": _("equally many rows"),
        "equal": _("equally wide"),
        "colours": _("Colours"),
        "blue": _("blue"),
        "green": _("green"),
        "orange": _("orange"),
        "purple": _("purple"),
        "grey": _("grey"),
        "other": _("without a value"),
        "label": _("Name on the map"),
        "noLabel": _("none"),
        "keepStyle": _("Draw it so"),
        "styleKept": _("The style holds in every service."),
        "sharing": _("Title and access"),
        "save": _("Save"),
        "saved": _("Saved."),
        "versions": _("Versions"),
        "now": _("now"),
        "restore": _("Bring back"),
        "restoring": _("The version comes back …"),
        "forgotten": _("not kept any more"),
        "newFile": _("A new file for this layer"),
        "connect": _("In QGIS and other programs"),
        "remove": _("Remove the layer"),
        "removeSure": _("Remove the layer “{name}” with its rows and versions?"),
        "addressWfs": _("WFS"),
        "addressOgc": _("OGC API – Features"),
        "addressTiles": _("Vector tiles"),
        "qgisFile": _("Layer definition for QGIS"),
    }


def _rasters() -> dict[str, str]:
    return {
        "pixels": _("pixels"),
        "bands": _("bands"),
        "band": _("Band"),
        "pixel": _("size of a pixel"),
        "low": _("Lowest"),
        "high": _("Highest"),
        "mean": _("Mean"),
        "taken": _("Taken on"),
        "noDay": _("no day"),
        "unit": _("Unit of values"),
        "scenes": _("scenes"),
        "addScene": _("Add as a scene to"),
        "replaceRaster": _("In place of"),
        "publishRaster": _("Publish the raster"),
        "scopedRaster": _("those who work in your units"),
        **{f"look_{kind}": str(title) for kind, title in TITLES.items()},
        "red": _("Red"),
        "greenBand": _("Green"),
        "blueBand": _("Blue"),
        "expression": _("Band arithmetic (optional)"),
        "azimuth": _("Light from (degrees)"),
        "exaggeration": _("Exaggeration of heights (empty: as the ground needs it)"),
        "addressRaster": _("Raster tiles (XYZ)"),
    }
