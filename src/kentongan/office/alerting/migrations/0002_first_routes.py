from datetime import UTC, datetime

from django.db import migrations
from django.utils.translation import gettext, override


def give(apps, schema_editor):
    """Offices that were there before alerts get the route a new office begins with."""
    Office, Route = apps.get_model("people", "Office"), apps.get_model("alerting", "Route")
    for office in Office.objects.all():
        with override(office.language):
            name = gettext("Officers on duty")
        Route.objects.create(
            office=office, name=name, level="high", roles=["officer"], channels=["mail", "push"], created=datetime.now(UTC)
        )


class Migration(migrations.Migration):
    dependencies = [("alerting", "0001_alerts")]
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
