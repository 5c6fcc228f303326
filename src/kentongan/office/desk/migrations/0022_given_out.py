import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION desk_given_out_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION 'where a publication was given out is only ever added to: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER given_out_stays BEFORE UPDATE OR DELETE ON desk_givenout FOR EACH STATEMENT EXECUTE FUNCTION desk_given_out_stays();
"""
BACK = """
DROP TRIGGER given_out_stays ON desk_givenout;
DROP FUNCTION desk_given_out_stays();
"""
CHANNELS = [
    ("press", "Press list"), ("radio", "Radio"), ("television", "Television"), ("wards", "Wards"), ("chat", "Chat group"),
    ("social", "Social accounts of the office"), ("sms", "SMS"), ("speakers", "Loudspeakers"), ("paper", "Notice boards, leaflets"),
    ("other", "Another way"),
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0021_chain_of_deputies"),
        ("people", "0005_holders"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="GivenOut",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("channel", models.CharField(choices=CHANNELS, max_length=15)),
                ("name", models.CharField(blank=True, max_length=100)),
                ("at", models.DateTimeField()),
                ("by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("office", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.office")),
                (
                    "publication",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="given_out", to="desk.publication"),
                ),
            ],
            options={
                "ordering": ["at", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("publication", "channel", "name"), name="given_out_once_each_way"),
                    models.CheckConstraint(
                        condition=models.Q(("channel", "other"), ("name", ""), _connector="XOR"), name="another_way_has_a_name"
                    ),
                ],
            },
        ),
        migrations.RunSQL(FORWARD, BACK),
    ]
