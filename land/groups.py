"""Land-use codes in the groups that low zooms show."""

from django.utils.translation import gettext_lazy as _

from layers.generalisation import Generalisation, Group

LAND_USE_GROUPS = (
    Group("rice", _("Rice"), ("LUA", "LUC", "LUK", "LUN"), "#f5ef7d"),
    Group("crops", _("Other annual crops"), ("BHK", "CHN", "HNK", "NHK"), "#f6dc9c"),
    Group("orchard", _("Perennial crops"), ("CLN",), "#e8bf86"),
    Group("forest", _("Forest"), ("RSX", "RPH", "RDD", "LNP"), "#a9d18e"),
    Group("fish", _("Aquaculture and salt"), ("NTS", "LMU"), "#8fdcd8"),
    Group("home", _("Housing"), ("OCT", "ODT", "ONT"), "#f2a0d0"),
    Group("work", _("Business and industry"), ("CSK", "SKC", "SKK", "SKN", "SKS", "SKT", "SKX", "TMD"), "#ef8f7f"),
    Group(
        "public",
        _("Public and special use"),
        (
            *("CQP", "CAN", "TSC", "DTS", "DVH", "DXH", "DYT", "DGD", "DTT", "DKH", "DDT", "DNG", "DSK", "DSH", "DKV", "DCH", "DDL"),
            *("DNL", "DBV", "DRA", "DCK", "CCC", "CDG", "DSN", "TON", "TIN", "PNK", "DDD", "NTD"),
        ),
        "#d9a9a0",
    ),
    Group("transport", _("Roads"), ("DGT",), "#d7cfc4", lines=True),
    Group("water", _("Water"), ("DTL", "MNC", "MVB", "MVK", "MVR", "MVT", "SON"), "#8ec8e8"),
    Group("unused", _("Unused land"), ("BCS", "CSD", "DCS", "NCS"), "#e3ded3"),
)
PARCELS_AT_LOW_ZOOMS = Generalisation(field="land_use", measure="area_m2", unit="m²", groups=LAND_USE_GROUPS)
