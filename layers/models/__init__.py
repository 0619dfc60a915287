"""How layers are shown, imported data with its versions, uploads, the log of writes by services, the tables of the themes."""

from layers.models.feature_edit import FeatureEdit
from layers.models.imported_layer import ImportedLayer
from layers.models.layer_setting import LayerSetting
from layers.models.layer_version import LayerVersion
from layers.models.sent_transaction import SentTransaction
from layers.models.upload import Upload
from layers.models.wall_scene import WallScene
from layers.themes.coordination import FocalContact, Milestone
from layers.themes.environment import Observation, Station
from layers.themes.facilities import Facility
from layers.themes.indicators import Indicator, IndicatorValue
from layers.themes.reporting import ReportDuty, ReportTemplate
from layers.themes.tourism import TourismPlace
from layers.themes.traffic import RoadSegment
from layers.themes.water import WaterBody

__all__ = [
    "Facility",
    "FeatureEdit",
    "FocalContact",
    "ImportedLayer",
    "Indicator",
    "IndicatorValue",
    "LayerSetting",
    "LayerVersion",
    "Milestone",
    "Observation",
    "ReportDuty",
    "ReportTemplate",
    "RoadSegment",
    "SentTransaction",
    "Station",
    "TourismPlace",
    "Upload",
    "WallScene",
    "WaterBody",
]
