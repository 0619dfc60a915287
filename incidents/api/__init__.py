"""`/api/incidents/`: the dispatchers' verbs and what their tools need to read for them."""

from ninja import Router

from incidents.api.board import router as board
from incidents.api.instructions import router as instructions
from incidents.api.moderation import router as moderation
from incidents.api.steps import router as steps

router = Router()
router.add_router("/instructions", instructions, tags=["Incidents: instructions"])
router.add_router("", steps, tags=["Incidents: steps"])
router.add_router("", moderation, tags=["Incidents: moderation"])
router.add_router("", board, tags=["Incidents: board"])
