"""Addresses of the reports' pages."""

from django.urls import path

from layers.reporting import pages

app_name = "reports"
urlpatterns = [
    path("", pages.listed, name="list"),
    path("<int:pk>/", pages.one, name="one"),
    path("<int:pk>/report.xlsx", pages.workbook, name="workbook"),
]
