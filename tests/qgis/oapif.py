"""Run by the system's Python with QGIS: opens a collection as a user does and prints what it saw as JSON after "SEEN ".

argv[1]: {"url", "collection", "user", "password", "bbox": [w, s, e, n], "filter": QGIS expression}
"""

import json
import os
import sys

from qgis.core import QgsApplication, QgsDataSourceUri, QgsFeatureRequest, QgsRectangle, QgsVectorLayer

task = json.loads(sys.argv[1])
application = QgsApplication([], False)
application.initQgis()


def opened() -> QgsVectorLayer:
    """The collection, in pages of three."""
    uri = QgsDataSourceUri()
    for name, value in (("url", task["url"]), ("typename", task["collection"]), ("pagingEnabled", "true"), ("pageSize", "3")):
        uri.setParam(name, value)
    uri.setParam("restrictToRequestBBOX", "1")
    if task.get("user"):
        uri.setUsername(task["user"])
        uri.setPassword(task["password"])
    return QgsVectorLayer(uri.uri(False), "layer", "OAPIF")


layer = opened()
seen = {"valid": layer.isValid()}
if layer.isValid():
    features = list(layer.getFeatures())
    extent = layer.extent().buffered(1e-6)
    seen["ids"] = len({feature.id() for feature in features})
    seen["count"] = len(features)
    seen["inside"] = all(extent.intersects(feature.geometry().boundingBox()) for feature in features)
    seen["fields"] = [field.name() for field in layer.fields()]
    box = QgsRectangle(*task["bbox"])
    found = list(opened().getFeatures(QgsFeatureRequest().setFilterRect(box)))
    seen["in_box"] = len(found)
    seen["box_holds"] = all(feature.geometry().boundingBox().intersects(box) for feature in found)
    filtered = opened()
    seen["filter_taken"] = filtered.setSubsetString(task["filter"])
    seen["filtered"] = sum(1 for _feature in filtered.getFeatures())
print("SEEN " + json.dumps(seen))
sys.stdout.flush()
os._exit(0)
