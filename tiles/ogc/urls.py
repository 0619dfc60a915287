"""Addresses below `/ogc/` that show tiles and styles."""

from django.urls import URLPattern, path

from tiles.ogc import styles, tilesets

app_name = "ogc_tiles"
urlpatterns: list[URLPattern] = [
    path("tileMatrixSets", tilesets.matrix_sets, name="matrix_sets"),
    path("tileMatrixSets/<str:matrix>", tilesets.one_matrix_set, name="matrix_set"),
    path("tiles", tilesets.dataset_tilesets, name="dataset_tilesets"),
    path("tiles/<str:matrix>", tilesets.dataset_tileset, name="dataset_tileset"),
    path("collections/<str:name>/tiles", tilesets.collection_tilesets, name="tilesets"),
    path("collections/<str:name>/tiles/<str:matrix>", tilesets.collection_tileset, name="tileset"),
    path("collections/<str:name>/map/tiles", tilesets.map_tilesets, name="map_tilesets"),
    path("collections/<str:name>/map/tiles/<str:matrix>", tilesets.map_tileset, name="map_tileset"),
    path("collections/<str:name>/styles", styles.collection_styles, name="collection_styles"),
    path("styles", styles.styles, name="styles"),
    path("styles/<str:style>", styles.one_style, name="style"),
    path("styles/<str:style>/metadata", styles.metadata, name="style_metadata"),
]
