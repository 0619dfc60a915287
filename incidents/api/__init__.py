"""`/api/incidents/`: the dispatchers' verbs and what their tools need to read for them."""

from ninja import Router

from gis_core.views.signed_in import SignedIn
from incidents.api.board import router as board
from incidents.api.instructions import router as instructions
from incidents.api.moderation import router as moderation
from incidents.api.steps import router as steps
from incidents.rows import office_reach_of, staff_reach_of

router = Router(auth=SignedIn(staff_reach_of))
router.add_router("/instructions", instructions, auth=SignedIn(office_reach_of), tags=["Incidents: instructions"])
router.add_router("", steps, tags=["Incidents: steps"])
router.add_router("", moderation, tags=["Incidents: moderation"])
router.add_router("", board, tags=["Incidents: board"])
