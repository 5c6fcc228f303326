"""The addresses of questions to agencies."""

from __future__ import annotations

from django.urls import path

from kentongan.office.desk import question_views as views

urlpatterns = [
    path("issues/<int:pk>/ask/", views.ask_agency, name="ask_agency"),
    path("issues/questions/", views.agency_questions, name="agency_questions"),
    path("issues/questions/<int:pk>/", views.agency_question, name="agency_question"),
    path("issues/questions/<int:pk>/answer/", views.answer_question, name="answer_question"),
    path("issues/questions/<int:pk>/more-time/", views.prolong_question, name="prolong_question"),
    path("issues/questions/<int:pk>/withdraw/", views.withdraw_question, name="withdraw_question"),
    path("issues/questions/<int:pk>/fact/", views.note_answer, name="note_answer"),
    path("issues/questions/<int:pk>/link/", views.hand_over_question, name="hand_over_question"),
    path("answer/<str:word>/", views.answer_link, name="answer_link"),
]
