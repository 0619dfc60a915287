"""Who may see what was imported."""

from collections.abc import Mapping
from types import MappingProxyType

from gis_core.access import PUBLIC, AccessRule
from gis_core.models import Role
from layers.models.imported_layer import ImportedLayer

SCOPED = AccessRule(
    public="none",
    view=frozenset({Role.LAND_OFFICER, Role.APPROVER, Role.FIELD_STAFF, Role.DISPATCHER, Role.ANALYST}),
    view_all=frozenset({Role.OPERATOR, Role.LEADER, Role.ADMINISTRATOR}),
)
RULES: Mapping[str, AccessRule] = MappingProxyType({ImportedLayer.Access.PUBLIC: PUBLIC, ImportedLayer.Access.SCOPED: SCOPED})
