"""Addresses of photos."""

from django.urls import path

from incidents.photos import views

app_name = "photos"
urlpatterns = [
    path("<uuid:uid>/original", views.original, name="original"),
    path("<uuid:uid>/<slug:form>", views.shown, name="shown"),
]
