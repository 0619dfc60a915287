"""Addresses of OpenRosa. Collect appends `/formList` and `/submission` to the address that is set in it."""

from django.urls import path

from incidents.openrosa import views

app_name = "openrosa"
_ROUTES = (
    ("formList", views.form_list, "form_list"),
    ("forms/incident.xml", views.form_xml, "form"),
    ("forms/incident/manifest", views.manifest, "manifest"),
    ("submission", views.submission, "submission"),
)
urlpatterns = [
    *(path(route, view, name=name) for route, view, name in _ROUTES),
    *(path(f"key/<str:token>/{route}", view, name=f"key_{name}") for route, view, name in _ROUTES),
]
