"""Addresses of the report form."""

from django.urls import path

from incidents.form import queries, shell

app_name = "report"
urlpatterns = [
    path("", shell.page, name="new"),
    path("worker.js", shell.worker, name="worker"),
    path("app.webmanifest", shell.manifest, name="manifest"),
    path("place", queries.place, name="place"),
    path("similar", queries.similar_reports, name="similar"),
    path("follow", queries.follow, name="follow"),
]
