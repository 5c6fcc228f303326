"""The addresses of the desk."""

from __future__ import annotations

from django.urls import path

from kentongan.office.desk import clock_views, comment_views, fact_views, question_urls, review_views, statement_urls, views

urlpatterns = [
    path("issues/", views.board, name="issues"),
    path("issues/open/", views.open_issue, name="open_issue"),
    path("issues/<int:pk>/", views.issue, name="issue"),
    path("issues/<int:pk>/change/", views.change_issue, name="change_issue"),
    path("issues/<int:pk>/move/", views.move_issue, name="move_issue"),
    path("issues/<int:pk>/level/", views.set_issue_level, name="set_issue_level"),
    path("issues/<int:pk>/truth/", views.decide_issue_truth, name="decide_issue_truth"),
    path("issues/<int:pk>/people/", views.restrict_issue, name="restrict_issue"),
    path("issues/<int:pk>/link/", views.link_issue, name="link_issue"),
    path("issues/<int:pk>/unlink/", views.unlink_issue, name="unlink_issue"),
    path("issues/<int:pk>/split/", views.split_issue, name="split_issue"),
    path("issues/<int:pk>/merge/", views.merge_issue, name="merge_issue"),
    path("issues/<int:pk>/part/", views.part_issue, name="part_issue"),
    path("issues/<int:pk>/clocks/begin/", clock_views.begin_clock, name="begin_clock"),
    path("issues/<int:pk>/clocks/<int:number>/end/", clock_views.end_clock, name="end_clock"),
    path("issues/<int:pk>/comment/", comment_views.comment_issue, name="comment_issue"),
    path("issues/<int:pk>/here/", comment_views.who_is_here, name="who_is_here"),
    path("issues/<int:pk>/review/", review_views.review_issue, name="review_issue"),
    path("issues/<int:pk>/review/learned/", review_views.note_review_lesson, name="note_review_lesson"),
    path("issues/<int:pk>/review/actions/", review_views.add_review_action, name="add_review_action"),
    path("issues/actions/<int:pk>/done/", review_views.finish_review_action, name="finish_review_action"),
    path("issues/actions/<int:pk>/withdraw/", review_views.withdraw_review_action, name="withdraw_review_action"),
    *statement_urls.urlpatterns,
    *question_urls.urlpatterns,
    path("issues/<int:pk>/facts/add/", fact_views.add_fact, name="add_fact"),
    path("issues/<int:pk>/facts/<int:fact>/", fact_views.fact, name="fact"),
    path("issues/<int:pk>/facts/<int:fact>/change/", fact_views.change_fact, name="change_fact"),
    path("issues/<int:pk>/facts/<int:fact>/withdraw/", fact_views.withdraw_fact, name="withdraw_fact"),
    path("issues/<int:pk>/facts/<int:fact>/settle/", fact_views.settle_fact, name="settle_fact"),
]
