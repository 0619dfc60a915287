"""Addresses of field reports for people."""

from django.urls import path

from incidents.board import pages as board
from incidents.public import following, pages

app_name = "incidents"
urlpatterns = [
    path("", board.board, name="board"),
    path("moderation/", board.moderation, name="moderation"),
    path("at/<int:pk>/code", board.code_of, name="code_of"),
    path("map/", pages.public_map, name="public_map"),
    path("at/<int:pk>/", pages.by_key, name="by_key"),
    path("open-data/", pages.open_data, name="open_data"),
    path("open-data/<slug:month>.<slug:suffix>", pages.export, name="open_data_file"),
    path("follow/confirm/<str:token>/", following.confirm, name="confirm_follow"),
    path("follow/leave/<str:token>/", following.leave, name="leave"),
    path("<str:code>/", pages.tracking, name="tracking"),
    path("<str:code>/follow", following.follow, name="follow"),
    path("<str:code>/reply", following.reply, name="reply"),
]
