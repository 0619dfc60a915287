"""Incidents: reports, their photos and reporters, categories, handling units, rules."""

from incidents.models.category import IncidentCategory
from incidents.models.incident import Asset, Channel, Incident, Moderation
from incidents.models.photo import Photo
from incidents.models.reporter import Follow, IntakeCount, Reporter, ReporterRead
from incidents.models.rule import DeadlineRule, RoutingRule
from incidents.models.unit import HandlingUnit

__all__ = [
    "Asset",
    "Channel",
    "DeadlineRule",
    "Follow",
    "HandlingUnit",
    "Incident",
    "IncidentCategory",
    "IntakeCount",
    "Moderation",
    "Photo",
    "Reporter",
    "ReporterRead",
    "RoutingRule",
]
