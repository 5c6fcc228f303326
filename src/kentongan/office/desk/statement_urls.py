"""The addresses of statements."""

from __future__ import annotations

from django.urls import path

from kentongan.office.desk import echo_views, given_out_views
from kentongan.office.desk import statement_approval_views as approval
from kentongan.office.desk import statement_publishing_views as publishing
from kentongan.office.desk import statement_views as views

urlpatterns = [
    path("issues/<int:pk>/statements/new/", views.begin_statement, name="begin_statement"),
    path("statements/<int:pk>/", views.statement, name="statement"),
    path("statements/<int:pk>/write/", views.write_statement, name="write_statement"),
    path("statements/<int:pk>/fill/", views.fill_statement, name="fill_statement"),
    path("statements/<int:pk>/sentences/<int:number>/", views.statement_sentence, name="statement_sentence"),
    path("statements/<int:pk>/versions/<int:number>/", views.statement_version, name="statement_version"),
    path("statements/", approval.statements, name="statements"),
    path("statements/<int:pk>/ask/", approval.ask_approval, name="ask_approval"),
    path("statements/<int:pk>/decide/", approval.decide_approval, name="decide_approval"),
    path("statements/<int:pk>/take-back/", approval.take_back_approval, name="take_back_approval"),
    path("statements/<int:pk>/withdraw/", approval.withdraw_statement, name="withdraw_statement"),
    path("statements/<int:pk>/publish/", publishing.publish_statement, name="publish_statement"),
    path("statements/<int:pk>/publication/", publishing.publication, name="publication"),
    path("statements/<int:pk>/given-out/", given_out_views.note_given_out, name="note_given_out"),
    path("statements/<int:pk>/review/", publishing.review_publication, name="review_publication"),
    path("statements/<int:pk>/correct/", publishing.correct_statement, name="correct_statement"),
    path("statements/<int:pk>/doubt/", publishing.doubt_publication, name="doubt_publication"),
    path("statements/<int:pk>/again/", publishing.begin_statement_again, name="begin_statement_again"),
    path("statements/<int:pk>/echo/", echo_views.echo, name="echo"),
    path("statements/<int:pk>/echo/<int:tie>/", echo_views.judge_tie, name="judge_tie"),
]
