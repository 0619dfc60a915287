"""Incidents and their categories."""

from incidents.models.category import IncidentCategory
from incidents.models.incident import Incident

__all__ = ["Incident", "IncidentCategory"]
