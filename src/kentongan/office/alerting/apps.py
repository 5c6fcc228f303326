from django.apps import AppConfig

FOLLOWING = "kentongan.office.alerting.following"


class AlertingConfig(AppConfig):
    name = "kentongan.office.alerting"
    label = "alerting"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kentongan.office.listening import heard
        from kentongan.office.people import signals

        heard.signals_moved.connect(signals.later(FOLLOWING, "signals_moved"), weak=False, dispatch_uid="alerts of what moved")
        heard.signal_decided.connect(signals.later(FOLLOWING, "signal_decided"), weak=False, dispatch_uid="alerts of what was decided")
        signals.office_made.connect(signals.later(FOLLOWING, "office_made"), weak=False, dispatch_uid="the first route of an office")
        signals.person_left.connect(signals.later(FOLLOWING, "person_left"), weak=False, dispatch_uid="browsers of who left")
