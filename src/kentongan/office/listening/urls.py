"""The addresses of the listening room."""

from __future__ import annotations

from django.urls import path

from kentongan.office.listening import pages, register, views

urlpatterns = [
    path("", views.briefing, name="briefing"),
    path("briefing/sign/", views.sign, name="sign_briefing"),
    path("briefing/paper/", views.briefing_paper, name="briefing_paper"),
    path("briefing/send/", views.send, name="send_briefing"),
    path("briefing/signed/", views.signed_briefings, name="signed_briefings"),
    path("briefing/signed/<int:pk>/", views.signed_briefing, name="signed_briefing"),
    path("briefing/signed/<int:pk>/paper/", views.signed_briefing_paper, name="signed_briefing_paper"),
    path("stories/", views.stories, name="stories"),
    path("stories/<int:pk>/", views.story, name="story"),
    path("stories/<int:pk>/mark/", views.mark, name="mark_story"),
    path("stories/<int:pk>/merge/", views.merge, name="merge_stories"),
    path("stories/<int:pk>/split/", views.split, name="split_story"),
    path("signals/", views.signals, name="signals"),
    path("signals/<int:pk>/", views.signal, name="signal"),
    path("signals/<int:pk>/acknowledge/", views.acknowledge, name="acknowledge_signal"),
    path("signals/<int:pk>/dismiss/", views.dismiss, name="dismiss_signal"),
    path("sources/", pages.sources, name="sources"),
    path("sources/look/", pages.look_at_address, name="look_at_address"),
    path("sources/add/", pages.add_source, name="add_source"),
    path("sources/export/", pages.export_sources, name="export_sources"),
    path("sources/import/", pages.import_sources, name="import_sources"),
    path("sources/<int:pk>/", pages.source, name="source"),
    path("sources/<int:pk>/pause/", pages.pause, name="pause_source"),
    path("sources/<int:pk>/resume/", pages.resume, name="resume_source"),
    path("search/", pages.search, name="search"),
    path("purposes/", register.register, name="purposes"),
    path("purposes/new/", register.new_purpose, name="new_purpose"),
    path("purposes/<int:pk>/", register.purpose, name="purpose"),
    path("purposes/<int:pk>/change/", register.change_purpose, name="change_purpose"),
    path("purposes/<int:pk>/end/", register.end_purpose, name="end_purpose"),
    path("watches/", register.watch_list, name="watches"),
    path("watches/begin/", register.begin_watch, name="begin_watch"),
    path("watches/<int:pk>/", register.watch, name="watch"),
    path("watches/<int:pk>/end/", register.end_watch, name="end_watch"),
    path("watches/<int:pk>/seen/", register.look_through, name="look_through_watch"),
    path("news/", views.news, name="news"),
]
