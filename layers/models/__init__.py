"""How layers are shown, imported data with its versions, uploads, analyses, reports, the log of writes, the themes' tables."""

from layers.models.alert import Alert, AlertRule
from layers.models.analysis_job import AnalysisJob, AnalysisPart
from layers.models.briefing import BriefingJob, BriefingLink, BriefingSchedule
from layers.models.feature_edit import FeatureEdit
from layers.models.imported_layer import ImportedLayer
from layers.models.layer_setting import LayerSetting
from layers.models.layer_version import LayerVersion
from layers.models.sent_transaction import SentTransaction
from layers.models.upload import Upload
from layers.models.wall_scene import WallScene
from layers.themes.agriculture import CropArea
from layers.themes.commerce import TradePlace
from layers.themes.coordination import FocalContact, Milestone
from layers.themes.dossiers import DossierCount
from layers.themes.environment import Observation, Station
from layers.themes.facilities import Facility, ServiceArea
from layers.themes.indicators import Indicator, IndicatorValue
from layers.themes.mentions import Mention
from layers.themes.reporting import ReportDuty, ReportTemplate
from layers.themes.security import SecurityEvent
from layers.themes.tourism import TourismPlace, TourismVisits
from layers.themes.traffic import RoadSegment, TrafficReading
from layers.themes.urban import BlackSpot, Camera, RoadEvent
from layers.themes.water import WaterBody

__all__ = [
    "Alert",
    "AlertRule",
    "AnalysisJob",
    "AnalysisPart",
    "BlackSpot",
    "BriefingJob",
    "BriefingLink",
    "BriefingSchedule",
    "Camera",
    "CropArea",
    "DossierCount",
    "Facility",
    "FeatureEdit",
    "FocalContact",
    "ImportedLayer",
    "Indicator",
    "IndicatorValue",
    "LayerSetting",
    "LayerVersion",
    "Mention",
    "Milestone",
    "Observation",
    "ReportDuty",
    "ReportTemplate",
    "RoadEvent",
    "RoadSegment",
    "SecurityEvent",
    "SentTransaction",
    "ServiceArea",
    "Station",
    "TourismPlace",
    "TourismVisits",
    "TradePlace",
    "TrafficReading",
    "Upload",
    "WallScene",
    "WaterBody",
]
