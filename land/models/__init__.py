"""Parcels and the code table of land uses."""

from land.models.land_use import LandUseCode
from land.models.parcel import Parcel, ParcelLandUse

__all__ = ["LandUseCode", "Parcel", "ParcelLandUse"]
