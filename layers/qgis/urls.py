"""Addresses below `/qgis/`."""

from django.urls import path

from layers.qgis import views

app_name = "qgis"
urlpatterns = [
    path("", views.page, name="page"),
    path("project.qgz", views.project_file, name="project"),
    path("project-with-token.qgz", views.project_with_token, name="project_with_token"),
    path("icons/<str:icon>/<str:colour>.svg", views.icon, name="icon"),
    path("<str:name>.qlr", views.layer_definition, name="definition"),
    path("<str:name>.qml", views.style_file, name="qml"),
    path("<str:name>.sld", views.sld_file, name="sld"),
]
