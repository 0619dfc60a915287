"""`/api/land/`: the cadastre's verbs and what an officer's tools need to read for them."""

from ninja import Router

from gis_core.views.signed_in import SignedIn
from land.api.changes import router as changes
from land.api.documents import router as documents
from land.api.exports import router as exports
from land.api.holders import router as holders
from land.api.imports import router as imports
from land.api.parcels import router as parcels
from land.api.sheets import router as sheets
from land.api.statistics import router as statistics
from land.models import Parcel

router = Router(auth=SignedIn(Parcel.access.reach))
router.add_router("/parcels", parcels, tags=["Land: parcels"])
router.add_router("/sheets", sheets, tags=["Land: parcels"])
router.add_router("/changes", changes, tags=["Land: changes"])
router.add_router("/documents", documents, tags=["Land: papers"])
router.add_router("/statistics", statistics, tags=["Land: statistics"])
router.add_router("/holders", holders, tags=["Land: holders"])
router.add_router("/imports", imports, tags=["Land: imports"])
router.add_router("/exports", exports, tags=["Land: exports"])
