"""The public addresses of the newsroom."""

from __future__ import annotations

from django.urls import path

from kentongan.office.newsroom import subscribing_views, views

urlpatterns = [
    path("o/<slug:slug>/news/", views.news, name="news_of_office"),
    path("o/<slug:slug>/news/feed.atom", views.atom, name="news_atom"),
    path("o/<slug:slug>/news/feed.rss", views.rss, name="news_rss"),
    path("o/<slug:slug>/news/feed.json", views.json_feed, name="news_json"),
    path("o/<slug:slug>/news/sitemap.xml", views.sitemap, name="news_sitemap"),
    path("o/<slug:slug>/news/subscribe/", subscribing_views.subscribe, name="news_subscribe"),
    path("o/<slug:slug>/news/confirm/<str:word>/", subscribing_views.confirm, name="news_confirm"),
    path("o/<slug:slug>/news/leave/<str:word>/", subscribing_views.leave, name="news_leave"),
    path("newsroom/readers/", subscribing_views.readers, name="news_readers"),
    path("o/<slug:slug>/news/<slug:item>/", views.item, name="news_item"),
]
