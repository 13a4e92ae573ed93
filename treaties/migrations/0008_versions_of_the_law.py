"""The law of a request type in versions. What the ministry wrote stands for good, and nothing is ever taken away."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

COPY = """
INSERT INTO treaties_typelaw (request_type_id, number, data, source, remark)
SELECT request_type_id, 1, data, 'seeds/requirements.yaml', '' FROM treaties_loadedlaw;
SET CONSTRAINTS ALL IMMEDIATE;
"""
COPY_BACK = """
INSERT INTO treaties_loadedlaw (request_type_id, data) SELECT request_type_id, data FROM treaties_typelaw WHERE number = 1;
SET CONSTRAINTS ALL IMMEDIATE;
"""
# Only the first version may change: it is what the seeds say.
STANDS = """
CREATE FUNCTION law_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.number > 1 THEN
        RAISE EXCEPTION 'version % of the law of a type stands as it was entered', OLD.number
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stands BEFORE UPDATE ON treaties_typelaw FOR EACH ROW EXECUTE FUNCTION law_stands();
REVOKE DELETE, TRUNCATE ON treaties_typelaw FROM coopdesk_app, coopdesk_worker;
"""
FALLS = """
DROP TRIGGER stands ON treaties_typelaw;
DROP FUNCTION law_stands();
GRANT DELETE ON treaties_typelaw TO coopdesk_app, coopdesk_worker;
"""


class Migration(migrations.Migration):

    dependencies = [
        ("treaties", "0007_registry"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RenameModel(old_name="TypeLaw", new_name="LoadedLaw"),
        migrations.CreateModel(
            name="TypeLaw",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("number", models.PositiveSmallIntegerField()),
                ("data", models.JSONField()),
                ("effective_from", models.DateField(null=True)),
                ("source", models.CharField(max_length=500)),
                ("remark", models.CharField(blank=True, max_length=500)),
                ("entered_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("entered_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("request_type", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="laws", to="treaties.requesttype")),
            ],
            options={
                "ordering": ("request_type", "-number"),
                "constraints": [
                    models.UniqueConstraint(fields=("request_type", "number"), name="type_law_number_once"),
                    models.CheckConstraint(condition=models.Q(models.Q(("effective_from", None), ("entered_by", None), ("number", 1)), models.Q(("effective_from__isnull", False), ("entered_by__isnull", False), ("number__gt", 1)), _connector="OR"), name="type_law_later_is_the_ministrys"),
                    models.CheckConstraint(condition=models.Q(("source", ""), _negated=True), name="type_law_has_source"),
                ],
            },
        ),
        migrations.RunSQL(COPY, COPY_BACK),
        migrations.DeleteModel(name="LoadedLaw"),
        migrations.RunSQL(STANDS, FALLS),
    ]
