"""Signing in and out, one's own account, and the office's people. Only the account pages we offer; there is no signing up by oneself.

What changes a password or a factor runs in one transaction with its line in the ledger; a session is stored with its line (`adapters`).
"""

from __future__ import annotations

from allauth.account import views as allauth
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as keys
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import views as provider
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.urls import path, re_path
from django.views.generic import RedirectView

from kentongan.office.people import account, holders_pages, one_time, pages, views

whole = transaction.atomic
_TO_FACTORS = login_required(RedirectView.as_view(pattern_name="mfa_index"))

urlpatterns = [
    path("accounts/login/", allauth.login, name="account_login"),
    path("accounts/logout/", allauth.logout, name="account_logout"),
    path("accounts/inactive/", allauth.account_inactive, name="account_inactive"),
    path("accounts/reauthenticate/", allauth.reauthenticate, name="account_reauthenticate"),
    path("accounts/password/", whole(allauth.password_change), name="account_change_password"),
    path("accounts/password/set/", whole(allauth.password_set), name="account_set_password"),
    path("accounts/password/reset/", allauth.password_reset, name="account_reset_password"),
    path("accounts/password/reset/sent/", allauth.password_reset_done, name="account_reset_password_done"),
    path("accounts/password/reset/done/", allauth.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        whole(allauth.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path("accounts/code/", mfa.authenticate, name="mfa_authenticate"),
    path("accounts/code/again/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("accounts/passkey/", keys.login_webauthn, name="mfa_login_webauthn"),
    path("accounts/passkey/again/", keys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("accounts/provider/<str:provider_id>/", provider.login, name="openid_connect_login"),
    path("accounts/provider/<str:provider_id>/back/", provider.callback, name="openid_connect_callback"),
    path("accounts/provider-cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("accounts/provider-failed/", social.login_error, name="socialaccount_login_error"),
    path("account/", account.account, name="account"),
    path("account/sessions/others/end/", account.end_other_sessions, name="end_other_sessions"),
    path("account/sessions/<int:pk>/end/", account.end_session, name="end_session"),
    path("account/factors/", account.factors, name="mfa_index"),
    path("account/factors/app/", whole(totp.activate_totp), name="mfa_activate_totp"),
    path("account/factors/app/remove/", whole(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("account/factors/codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("account/factors/codes/new/", whole(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("account/factors/codes/file/", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("account/factors/keys/", _TO_FACTORS, name="mfa_list_webauthn"),
    path("account/factors/keys/add/", whole(keys.add_webauthn), name="mfa_add_webauthn"),
    path("account/factors/keys/<int:pk>/", keys.edit_webauthn, name="mfa_edit_webauthn"),
    path("account/factors/keys/<int:pk>/remove/", whole(keys.remove_webauthn), name="mfa_remove_webauthn"),
    path("enter/<str:word>/", one_time.enter, name="one_time"),
    path("invitation/<str:word>/", account.invitation, name="invitation"),
    path("language/", views.language, name="language"),
    path("look/", views.look, name="look"),
    path("keys/", views.keys, name="keys"),
    path("office/", pages.office, name="office"),
    path("office/people/", pages.people, name="people"),
    path("office/people/invite/", pages.invite, name="invite_person"),
    path("office/people/factors/", pages.require_factor, name="require_factor"),
    path("office/people/<int:pk>/", pages.person, name="person"),
    path("office/people/<int:pk>/change/", pages.change_person, name="change_person"),
    path("office/people/<int:pk>/leave/", pages.leave, name="person_leaves"),
    path("office/people/<int:pk>/factors/forget/", pages.forget_factors, name="forget_factors"),
    path("office/people/<int:pk>/back/", pages.come_back, name="person_returns"),
    path("office/people/<int:pk>/deputy/", pages.name_deputy, name="name_deputy"),
    path("office/deputies/<int:pk>/end/", pages.end_deputy, name="end_deputy"),
    path("office/invitations/<int:pk>/withdraw/", pages.withdraw, name="withdraw_invitation"),
    path("office/agencies/", pages.agencies, name="agencies"),
    path("office/agencies/<int:pk>/", pages.agency, name="agency"),
    path("office/holders/", holders_pages.office_holders, name="office_holders"),
    path("office/holders/<int:pk>/take-out/", holders_pages.take_out_holder, name="take_out_holder"),
    path("office/roster/", pages.roster, name="roster"),
    path("office/roster/plan/", pages.plan_duty, name="plan_duty"),
    path("office/roster/<int:pk>/remove/", pages.remove_duty, name="remove_duty"),
]
