"""Signing in and out, one's password, language and look. Only the account pages we offer; there is no signing up by oneself."""

from __future__ import annotations

from allauth.account import views as account
from django.urls import path, re_path

from kentongan.office.people import one_time, views

urlpatterns = [
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("accounts/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("accounts/password/", account.password_change, name="account_change_password"),
    path("accounts/password/set/", account.password_set, name="account_set_password"),
    path("accounts/password/reset/", account.password_reset, name="account_reset_password"),
    path("accounts/password/reset/sent/", account.password_reset_done, name="account_reset_password_done"),
    path("accounts/password/reset/done/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("enter/<str:word>/", one_time.enter, name="one_time"),
    path("language/", views.language, name="language"),
    path("look/", views.look, name="look"),
    path("keys/", views.keys, name="keys"),
]
