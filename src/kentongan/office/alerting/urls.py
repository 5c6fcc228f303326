"""The addresses of the alerting room."""

from __future__ import annotations

from django.urls import path

from kentongan.office.alerting import own_pages, route_pages, views

urlpatterns = [
    path("alerts/", views.alerts, name="alerts"),
    path("alerts/<int:pk>/", views.alert, name="alert"),
    path("alerts/<int:pk>/acknowledge/", views.acknowledge_alert, name="acknowledge_alert"),
    path("alerts/<int:pk>/take/", views.take_alert, name="take_alert"),
    path("alerts/<int:pk>/snooze/", views.snooze_alert, name="snooze_alert"),
    path("alerts/<int:pk>/dismiss/", views.dismiss_alert, name="dismiss_alert"),
    path("account/notifications/", own_pages.notifications, name="notifications"),
    path("account/notifications/test/", own_pages.test_notifications, name="test_notifications"),
    path("account/notifications/browsers/", own_pages.register_browser, name="register_browser"),
    path("account/notifications/browsers/<int:pk>/remove/", own_pages.forget_browser, name="forget_browser"),
    path("office/routes/", route_pages.routes, name="routes"),
    path("office/routes/new/", route_pages.new_route, name="new_route"),
    path("office/routes/<int:pk>/", route_pages.route, name="route"),
    path("office/routes/<int:pk>/remove/", route_pages.remove_route, name="remove_route"),
    path("office/routes/addresses/new/", route_pages.new_address, name="new_address"),
    path("office/routes/addresses/<int:pk>/", route_pages.address, name="address"),
    path("office/routes/addresses/<int:pk>/test/", route_pages.test_address, name="test_address"),
    path("office/routes/addresses/<int:pk>/secret/", route_pages.renew_address_secret, name="renew_address_secret"),
    path("office/routes/addresses/<int:pk>/remove/", route_pages.remove_address, name="remove_address"),
]
