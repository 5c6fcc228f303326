from django.apps import AppConfig


class AlertingConfig(AppConfig):
    name = "kentongan.office.alerting"
    label = "alerting"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kentongan.office.alerting import following
        from kentongan.office.listening import heard
        from kentongan.office.people import signals

        heard.signals_moved.connect(following.signals_moved, dispatch_uid="alerts of what moved")
        heard.signal_decided.connect(following.signal_decided, dispatch_uid="alerts of what was decided")
        signals.office_made.connect(following.office_made, dispatch_uid="the first route of an office")
        signals.person_left.connect(following.person_left, dispatch_uid="browsers of who left")
