"""The cadastre after ISO 19152 (LADM): parcels and uses, holders and rights, papers, changes, and the dated tables behind them."""

from land.models.change import ChangeStep, ParcelChange, ParcelLineage
from land.models.document import SourceDocument
from land.models.land_use import LandUseCode
from land.models.lot_rule import DeadlineRule, LotRule
from land.models.parcel import ORIGIN, Parcel, ParcelLandUse
from land.models.parcel_import import ParcelImport
from land.models.parcel_key import ParcelKey
from land.models.party import Party, PersonalDataRead
from land.models.right import Certificate, Restriction, Right

__all__ = [
    "ORIGIN",
    "Certificate",
    "ChangeStep",
    "DeadlineRule",
    "LandUseCode",
    "LotRule",
    "Parcel",
    "ParcelChange",
    "ParcelImport",
    "ParcelKey",
    "ParcelLandUse",
    "ParcelLineage",
    "Party",
    "PersonalDataRead",
    "Restriction",
    "Right",
    "SourceDocument",
]
