"""What is silent may be a watch or an agency; the items that bear a mark are found without reading the journal."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('listening', '0016_held_back'),
        ('people', '0005_holders'),
    ]

    operations = [
        migrations.AlterField(
            model_name='silence',
            name='kind',
            field=models.CharField(choices=[('source', 'Source'), ('sources', 'Kind of source'), ('job', 'Background work'), ('system', 'The system'), ('mark', 'Watch or agency')], max_length=10),
        ),
        migrations.AddIndex(
            model_name='journalentry',
            index=models.Index(condition=models.Q(('payload__has_key', 'marks')), fields=['office', 'at'], name='journal_marks'),
        ),
    ]
