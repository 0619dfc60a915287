"""Addresses of the OGC API."""

from django.urls import URLPattern, path

from layers.ogc.collections import collection, collections
from layers.ogc.conformance import conformance
from layers.ogc.definition.api import api
from layers.ogc.item import item
from layers.ogc.items import items
from layers.ogc.landing import landing
from layers.ogc.schemas.functions import functions
from layers.ogc.schemas.queryables import queryables, sortables
from layers.ogc.schemas.schema import schema

app_name = "ogc"
urlpatterns: list[URLPattern] = [
    path("", landing, name="landing"),
    path("api", api, name="api"),
    path("functions", functions, name="functions"),
    path("conformance", conformance, name="conformance"),
    path("collections", collections, name="collections"),
    path("collections/<str:name>", collection, name="collection"),
    path("collections/<str:name>/queryables", queryables, name="queryables"),
    path("collections/<str:name>/sortables", sortables, name="sortables"),
    path("collections/<str:name>/schema", schema, name="schema"),
    path("collections/<str:name>/items", items, name="items"),
    path("collections/<str:name>/items/<str:fid>", item, name="item"),
]
