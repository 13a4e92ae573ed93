"""Finding requests about the same person: keys of names and document numbers, and the pairs that were reported."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import cases.models.case

# Two spellings of one name have one key: full and half width, case, accents, spaces and dots do not count, nor, outside
# the scripts of East Asia, the order of the parts (SMITH John, John Smith). What stands for an unknown name has no key.
# The collation is named, so that a key does not depend on the locale of the database.
KEYS = r"""
CREATE FUNCTION likeness_of_name(name text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    WITH plain AS (
        SELECT lower(regexp_replace(normalize($1, NFKD), '[\u0300-\u036f\u200b-\u200f\u2060\ufeff]+', '', 'g')
                     COLLATE pg_c_utf8) AS words
    ), parts AS (
        SELECT part, n, words ~ '[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff]' AS in_order
        FROM plain, regexp_split_to_table(words, '[\s.,;:·•‧・''’‘`"“”()_/\u2010-\u2015-]+') WITH ORDINALITY AS p(part, n)
    ), key AS (
        SELECT coalesce(string_agg(part, '' ORDER BY CASE WHEN in_order THEN '' ELSE part END COLLATE "C", n), '') AS k
        FROM parts
    )
    SELECT CASE WHEN k IN ('不详', '不明', '未知', '无名氏', '匿名', 'unknown') THEN '' ELSE k END FROM key
$$;

CREATE FUNCTION likeness_of_number(number text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    WITH key AS (
        SELECT upper(regexp_replace(normalize($1, NFKC), '[\s.,:·()_/\u200b-\u200f\u2010-\u2015\u2060\ufeff-]+', '', 'g')
                     COLLATE pg_c_utf8) AS k
    )
    SELECT CASE WHEN length(k) >= 5 AND k ~ '[0-9]' THEN k ELSE '' END FROM key
$$;
"""
UNDO_KEYS = "DROP FUNCTION likeness_of_name(text); DROP FUNCTION likeness_of_number(text);"

# A pair is read by the agency that was told, and written by the worker alone.
WALL = """
ALTER TABLE cases_duplicatepair ENABLE ROW LEVEL SECURITY;
ALTER TABLE cases_duplicatepair FORCE ROW LEVEL SECURITY;
CREATE POLICY app_scope ON cases_duplicatepair FOR SELECT TO coopdesk_app
    USING (agency_id = (SELECT nullif(current_setting('coopdesk.agency', true), '')::int));
CREATE POLICY worker_all ON cases_duplicatepair TO coopdesk_worker USING (true) WITH CHECK (true);
REVOKE INSERT, UPDATE, DELETE ON cases_duplicatepair FROM coopdesk_app;
REVOKE UPDATE, DELETE ON cases_duplicatepair FROM coopdesk_worker;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0008_trail_by_moment"),
        ("cases", "0010_work_in_hand"),
    ]

    operations = [
        migrations.RunSQL(KEYS, UNDO_KEYS),
        migrations.AddField(
            "subject",
            "document_key",
            models.GeneratedField(
                db_persist=True,
                expression=models.Func(models.F("document_number"), function="likeness_of_number"),
                output_field=models.TextField(),
            ),
        ),
        migrations.AddField(
            "subject",
            "name_key",
            models.GeneratedField(
                db_persist=True,
                expression=models.Func(models.F("name"), function="likeness_of_name"),
                output_field=models.TextField(),
            ),
        ),
        migrations.AddIndex(
            "subject",
            models.Index(
                condition=models.Q(("document_key", ""), _negated=True),
                fields=["document_key"],
                name="subject_by_document",
            ),
        ),
        migrations.AddIndex(
            "subject",
            models.Index(
                condition=models.Q(("name_key", ""), _negated=True),
                fields=["name_key", "birth_date", "nationality"],
                name="subject_by_name",
            ),
        ),
        migrations.CreateModel(
            name="DuplicatePair",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=cases.models.case.UuidV7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("low_number", models.CharField(max_length=40)),
                ("high_number", models.CharField(max_length=40)),
                ("found_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "low",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"
                    ),
                ),
                (
                    "high",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"
                    ),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agencies.agency"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["low", "high"], name="one_report_per_pair"),
                    models.CheckConstraint(condition=models.Q(low__lt=models.F("high")), name="pair_in_order"),
                ],
            },
        ),
        migrations.RunSQL(WALL, migrations.RunSQL.noop),
    ]
