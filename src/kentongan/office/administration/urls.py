"""Addresses of the administration, the first run and the figures."""

from __future__ import annotations

from django.urls import path

from kentongan.office.administration import mailbox_pages, metrics, views, wizard_pages

urlpatterns = [
    path("metrics", metrics.metrics, name="metrics"),
    path("begin/", wizard_pages.first_run, name="first_run"),
    path("begin/step/<slug:name>/", wizard_pages.step, name="first_run_step"),
    path("begin/step/<slug:name>/later/", wizard_pages.leave_out, name="leave_out_step"),
    path("begin/<str:word>/", wizard_pages.begin, name="begin"),
    path("office/settings/", views.settings, name="settings"),
    path("office/settings/about/", views.about_office, name="about_office"),
    path("office/settings/answers/", mailbox_pages.answer_mailbox, name="answer_mailbox"),
    path("office/settings/answers/test/", mailbox_pages.test_answer_mailbox, name="test_answer_mailbox"),
    path("office/settings/answers/remove/", mailbox_pages.remove_answer_mailbox, name="remove_answer_mailbox"),
    path("office/settings/<slug:name>/", views.change_setting, name="change_setting"),
    path("office/jobs/", views.work, name="jobs"),
    path("office/jobs/parked/<int:pk>/again/", views.try_again, name="try_again"),
    path("office/condition/", views.condition, name="condition"),
    path("office/condition/mail/", views.test_mail, name="test_mail"),
]
