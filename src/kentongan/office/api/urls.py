"""The addresses of the room for programs."""

from __future__ import annotations

from django.urls import path

from kentongan.office.api import pushing, views
from kentongan.office.api.doors import api

urlpatterns = [
    path("api/v1/", api.urls),
    path("push/<int:pk>/", pushing.receive, name="push"),
    path("office/programs/", views.programs, name="programs"),
    path("office/programs/tokens/new/", views.new_token, name="new_token"),
    path("office/programs/tokens/<int:pk>/revoke/", views.revoke_token, name="revoke_token"),
    path("office/programs/told/new/", views.new_hook, name="new_hook"),
    path("office/programs/told/<int:pk>/", views.hook, name="hook"),
    path("office/programs/told/<int:pk>/change/", views.change_hook, name="change_hook"),
    path("office/programs/told/<int:pk>/pause/", views.pause_hook, name="pause_hook"),
    path("office/programs/told/<int:pk>/resume/", views.resume_hook, name="resume_hook"),
    path("office/programs/told/<int:pk>/test/", views.test_hook, name="test_hook"),
    path("office/programs/told/<int:pk>/secret/", views.renew_hook_secret, name="renew_hook_secret"),
    path("office/programs/told/<int:pk>/remove/", views.remove_hook, name="remove_hook"),
    path("office/programs/senders/new/", views.new_push, name="new_push"),
    path("office/programs/senders/<int:pk>/secret/", views.renew_push_secret, name="renew_push_secret"),
]
