"""Incidents: reports, their photos and reporters, categories, handling units, rules."""

from incidents.models.api_key import Open311Key
from incidents.models.attribute import CategoryAttribute
from incidents.models.category import IncidentCategory
from incidents.models.incident import Asset, Channel, Incident, Moderation
from incidents.models.instruction import Instruction
from incidents.models.notice import Notice, Webhook
from incidents.models.photo import Photo
from incidents.models.reporter import Follow, IntakeCount, Reporter, ReporterRead
from incidents.models.rule import DeadlineRule, RoutingRule
from incidents.models.step import IncidentStep
from incidents.models.unit import HandlingUnit

__all__ = [
    "Asset",
    "CategoryAttribute",
    "Channel",
    "DeadlineRule",
    "Follow",
    "HandlingUnit",
    "Incident",
    "IncidentCategory",
    "IncidentStep",
    "Instruction",
    "IntakeCount",
    "Moderation",
    "Notice",
    "Open311Key",
    "Photo",
    "Reporter",
    "ReporterRead",
    "RoutingRule",
    "Webhook",
]
