"""Alerts in the outbox, and webhooks that want to hear of them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0009_notifications"),
        ("layers", "0012_alerts"),
    ]

    operations = [
        migrations.AddField(
            model_name="webhook",
            name="hears_alerts",
            field=models.BooleanField(default=False, verbose_name="hears of alerts too"),
        ),
        migrations.AddField(
            model_name="notice",
            name="alert",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="layers.alert",
                verbose_name="alert",
            ),
        ),
        migrations.AlterField(
            model_name="notice",
            name="channel",
            field=models.CharField(
                choices=[
                    ("webhook", "webhook"),
                    ("follower", "e-mail to a follower"),
                    ("reporter", "e-mail to the reporter"),
                    ("unit", "e-mail to the handling unit"),
                    ("instruct", "e-mail about an instruction"),
                    ("confirm", "e-mail that asks to confirm an address"),
                    ("alert", "e-mail of an alert"),
                ],
                max_length=8,
                verbose_name="channel",
            ),
        ),
    ]
