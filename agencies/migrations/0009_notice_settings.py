"""How officers want to hear of things takes the place of the one switch for e-mail; an e-mail may wait for quiet hours to end."""

import datetime

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

CHANNELS = [("at_once", "马上发邮件"), ("digest", "只计入每日汇总"), ("none", "不发邮件")]
HOUR = [django.core.validators.MaxValueValidator(23)]

# Who had switched e-mail off goes on without it; only what rises to a supervisor cannot be switched off.
KEEP = """
INSERT INTO agencies_noticesettings (officer_id, cases, clocks, supervision, escalations, quiet_from, quiet_to, digest_at)
SELECT id, 'none', 'none', 'none', 'at_once', 21, 8, NULL FROM agencies_officer WHERE NOT notify_by_email;
"""
BACK = """
UPDATE agencies_officer SET notify_by_email = false WHERE id IN (SELECT officer_id FROM agencies_noticesettings WHERE cases <> 'at_once');
"""


def channel() -> models.CharField:
    return models.CharField(choices=CHANNELS, default="at_once", max_length=10)


class Migration(migrations.Migration):
    dependencies = [("agencies", "0008_trail_by_moment")]
    operations = [
        migrations.CreateModel(
            name="NoticeSettings",
            fields=[
                (
                    "officer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="notice_settings",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("cases", channel()),
                ("clocks", channel()),
                ("supervision", channel()),
                ("escalations", channel()),
                ("quiet_from", models.PositiveSmallIntegerField(default=21, validators=HOUR)),
                ("quiet_to", models.PositiveSmallIntegerField(default=8, validators=HOUR)),
                ("digest_at", models.PositiveSmallIntegerField(default=8, null=True, validators=HOUR)),
            ],
        ),
        migrations.CreateModel(
            name="Digest",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("day", models.DateField()),
                ("at", models.DateTimeField()),
                (
                    "officer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("officer", "day"), name="one_digest_a_day")],
            },
        ),
        migrations.AddConstraint(
            model_name="noticesettings",
            constraint=models.CheckConstraint(condition=~Q(escalations="none"), name="escalations_are_heard"),
        ),
        migrations.AddConstraint(
            model_name="noticesettings",
            constraint=models.CheckConstraint(
                condition=Q(quiet_from__lte=23, quiet_to__lte=23) & (Q(digest_at=None) | Q(digest_at__lte=23)),
                name="notice_hours_of_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="noticesettings",
            constraint=models.CheckConstraint(
                condition=Q(digest_at__isnull=False)
                | ~(Q(cases="digest") | Q(clocks="digest") | Q(supervision="digest") | Q(escalations="digest")),
                name="summary_has_an_hour",
            ),
        ),
        migrations.AddConstraint(
            model_name="noticesettings",
            constraint=models.CheckConstraint(
                condition=Q(digest_at=None)
                | Q(quiet_from=F("quiet_to"))
                | (
                    Q(quiet_from__lt=F("quiet_to"))
                    & (Q(digest_at__lt=F("quiet_from")) | Q(digest_at__gte=F("quiet_to")))
                )
                | (Q(quiet_from__gt=F("quiet_to")) & Q(digest_at__lt=F("quiet_from"), digest_at__gte=F("quiet_to"))),
                name="summary_outside_quiet_hours",
            ),
        ),
        migrations.RunSQL(KEEP, BACK),
        # The rows' foreign keys are checked now, so that the table may be changed.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RemoveField(model_name="officer", name="notify_by_email"),
        migrations.AddField(
            model_name="outboxmessage",
            name="not_before",
            field=models.DateTimeField(db_default=datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)),
        ),
        migrations.RemoveIndex(model_name="outboxmessage", name="outbox_waiting"),
        migrations.AddIndex(
            model_name="outboxmessage",
            index=models.Index(
                fields=["not_before", "id"], condition=Q(done_at=None, failed_at=None), name="outbox_waiting"
            ),
        ),
    ]
