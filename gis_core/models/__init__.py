"""Users, administrative units, jurisdictions, the change log, and the row that every layer's model extends."""

from gis_core.models.access_token import AccessToken
from gis_core.models.admin_unit import AdminGeneration, AdminUnit, AdminUnitPart, AdminUnitSuccession
from gis_core.models.audit import AuditEntry, SignInFailure
from gis_core.models.change_log import ChangeLog
from gis_core.models.jurisdiction import Jurisdiction, Role
from gis_core.models.pilot_step import PilotStep
from gis_core.models.revoked_pass import RevokedPass
from gis_core.models.screen_pass import ScreenPass
from gis_core.models.spatial_row import SpatialRow
from gis_core.models.user import User

__all__ = [
    "AccessToken",
    "AdminGeneration",
    "AdminUnit",
    "AdminUnitPart",
    "AdminUnitSuccession",
    "AuditEntry",
    "ChangeLog",
    "Jurisdiction",
    "PilotStep",
    "RevokedPass",
    "Role",
    "ScreenPass",
    "SignInFailure",
    "SpatialRow",
    "User",
]
