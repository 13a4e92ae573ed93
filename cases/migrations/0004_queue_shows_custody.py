"""A row of the work queue also says who holds the case, as what and since when."""

import django.db.models.deletion
from django.db import migrations, models

ENDED = "('closed','withdrawn','declined','refused','returned_to_requester','transferred')"

FILL = """
UPDATE cases_openqueue q SET held_by_id = l.agency_id, holder_name = l.holder_name, phase = l.phase, since = l.opened_at
FROM cases_leg l WHERE l.case_id = q.case_id AND l.closed_at IS NULL;
"""

QUEUE = f"""
CREATE OR REPLACE FUNCTION refresh_open_queue(the_case uuid, role text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM cases_openqueue WHERE case_id = the_case;
    INSERT INTO cases_openqueue (agency_id, due_at, case_id, is_holder, waiting_role, handler_id, status, country,
                                 request_type, urgency, origin_id, secret, held_by_id, holder_name, phase, since)
    SELECT a, coalesce((SELECT min(d.due_at) FROM cases_deadline d WHERE d.case_id = c.id AND d.met_at IS NULL),
                       '9999-12-31 00:00+00'),
           c.id, coalesce(l.agency_id = a, false), role, l.handler_id, c.status, coalesce(n.code, ''),
           coalesce(t.code, ''), c.urgency, c.origin_id, c.mark = 'work_secret',
           l.agency_id, l.holder_name, l.phase, l.opened_at
    FROM cases_case c
    CROSS JOIN LATERAL unnest(c.scope) a
    JOIN cases_leg l ON l.case_id = c.id AND l.closed_at IS NULL
    LEFT JOIN countries_country n ON n.id = c.country_id
    LEFT JOIN treaties_requesttype t ON t.id = c.request_type_id
    WHERE c.id = the_case AND c.status NOT IN {ENDED};
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_case_updated_at"), ("agencies", "0001_agencies_and_officers")]
    operations = [
        migrations.AddField(
            "openqueue",
            "held_by",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="agencies.agency",
            ),
        ),
        migrations.AddField("openqueue", "holder_name", models.CharField(default="", max_length=200), False),
        migrations.AddField("openqueue", "phase", models.CharField(default="", max_length=12), False),
        migrations.AddField("openqueue", "since", models.DateTimeField(null=True)),
        # In one transaction with what precedes it, so the foreign keys are checked before the next ALTER.
        migrations.RunSQL(FILL + "SET CONSTRAINTS ALL IMMEDIATE;", migrations.RunSQL.noop),
        migrations.AlterField("openqueue", "since", models.DateTimeField()),
        migrations.RunSQL(QUEUE, migrations.RunSQL.noop),
    ]
