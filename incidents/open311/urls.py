"""Addresses of GeoReport v2; the ending names the format."""

from django.urls import path, re_path

from incidents.open311 import views

app_name = "open311"
_F = r"\.(?P<kind>xml|json)$"
urlpatterns = [
    path("", views.root, name="root"),
    re_path(rf"^discovery{_F}", views.discovery, name="discovery"),
    re_path(rf"^services{_F}", views.services, name="services"),
    re_path(rf"^services/(?P<code>[-\w]{{1,40}}){_F}", views.service, name="service"),
    re_path(rf"^requests{_F}", views.requests, name="requests"),
    re_path(rf"^requests/(?P<code>\w{{1,20}}){_F}", views.one, name="request"),
    re_path(rf"^tokens/(?P<code>\w{{1,20}}){_F}", views.token, name="token"),
]
