"""Forecasts of rising stories as they were made, what came, and what the office's own past taught. A forecast goes with its story."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('listening', '0014_recorded_events'),
        ('people', '0005_holders'),
    ]

    operations = [
        migrations.CreateModel(
            name='ForecastFit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('fit', models.JSONField(null=True)),
                ('samples', models.PositiveIntegerField(default=0)),
                ('stories', models.PositiveIntegerField(default=0)),
                ('office', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='forecast_fit', to='people.office')),
            ],
        ),
        migrations.CreateModel(
            name='Forecast',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('made_at', models.DateTimeField()),
                ('horizon_hours', models.PositiveSmallIntegerField()),
                ('what', models.CharField(choices=[('items', 'Further items'), ('outlets', 'Further outlets')], max_length=10)),
                ('low', models.PositiveIntegerField()),
                ('middle', models.PositiveIntegerField()),
                ('high', models.PositiveIntegerField()),
                ('baseline', models.PositiveIntegerField()),
                ('own', models.BooleanField(default=True)),
                ('due_at', models.DateTimeField()),
                ('outcome', models.PositiveIntegerField(null=True)),
                ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.office')),
                ('story', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='forecasts', to='listening.story')),
            ],
            options={
                'ordering': ['-made_at', 'what', 'horizon_hours'],
                'indexes': [models.Index(fields=['office', 'due_at'], name='forecast_due'), models.Index(fields=['story', '-made_at'], name='forecast_latest')],
                'constraints': [models.UniqueConstraint(fields=('story', 'made_at', 'horizon_hours', 'what'), name='foretold_once'), models.CheckConstraint(condition=models.Q(('low__lte', models.F('middle')), ('middle__lte', models.F('high'))), name='forecast_in_order')],
            },
        ),
    ]
