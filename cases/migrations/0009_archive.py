"""Archived cases: what the database refuses. Nothing of a case that ended is deleted before its retention is over and two
persons have disposed of it; an archived case is read-only; `dispose_case` is the one way to take the content away."""

import cases.models.case
import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


TODAY = "(now() AT TIME ZONE 'Asia/Shanghai')::date"
OWNER = "coopdesk_owner"
# What a disposal takes away. A new table with words of users about a case belongs here and into `dispose_case`.
CONTENT = ("attachment", "note", "revision", "subject", "requestitem", "assignment")
KEPT = ("leg", "involvement", "deadline", "transmission", "receipt", "disposal")

ARCHIVE = f"""
-- An archived case: reorganisations may widen its scope, its origin's approver may take it out again, nothing else moves.
CREATE FUNCTION keep_archived() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    free text[] := ARRAY['scope', 'known_to', 'invited', 'origin_id', 'return_to_id', 'version', 'updated_at'];
BEGIN
    IF OLD.disposed_at IS NULL AND NEW.archived_at IS NULL THEN
        free := free || ARRAY['archived_at', 'retention_id', 'retain_until'];
    ELSIF OLD.disposed_at IS NULL AND NEW.disposed_at IS NOT NULL AND current_user = '{OWNER}'
          AND OLD.retain_until < {TODAY} THEN
        free := free || ARRAY['disposed_at', 'title', 'summary', 'purpose', 'result', 'conditions', 'requesting_authority'];
    END IF;
    IF to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free THEN
        RAISE EXCEPTION 'case % is archived', OLD.id USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER case_archived AFTER UPDATE ON cases_case FOR EACH ROW
    WHEN (OLD.archived_at IS NOT NULL) EXECUTE FUNCTION keep_archived();

-- The last day is the one that the period gives, counted from the year in which the case ended.
CREATE FUNCTION keep_to_schedule() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    last_day date;
BEGIN
    SELECT make_date(extract(year FROM NEW.ended_at AT TIME ZONE 'Asia/Shanghai')::int + p.years, 12, 31) INTO last_day
        FROM cases_retentionperiod p WHERE p.id = NEW.retention_id;
    IF NEW.retain_until IS DISTINCT FROM last_day THEN
        RAISE EXCEPTION 'case % is kept until %', NEW.id, last_day USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER case_kept_to_schedule BEFORE INSERT OR UPDATE OF archived_at, retention_id, retain_until ON cases_case
    FOR EACH ROW WHEN (NEW.archived_at IS NOT NULL) EXECUTE FUNCTION keep_to_schedule();

-- A proposal begins undecided; deciding leaves its first half alone, and is done once.
CREATE FUNCTION check_disposal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.decision <> '' OR TG_OP = 'UPDATE' AND current_user <> '{OWNER}' AND (
        OLD.decision <> '' OR NEW.case_id <> OLD.case_id OR NEW.proposed_by_id <> OLD.proposed_by_id
        OR NEW.proposed_for_id IS DISTINCT FROM OLD.proposed_for_id OR NEW.proposed_at <> OLD.proposed_at
    ) THEN
        RAISE EXCEPTION 'a disposal is proposed by one and then decided by another' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER disposal_in_two_steps BEFORE INSERT OR UPDATE ON cases_disposal
    FOR EACH ROW EXECUTE FUNCTION check_disposal();

-- May a row of this table of the case be deleted? Lines while it is not over; content when two persons disposed of it.
CREATE FUNCTION keep_content() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    c record;
BEGIN
    SELECT archived_at, retain_until, ended_at INTO c FROM cases_case
        WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.case_id ELSE NEW.case_id END;
    IF TG_OP <> 'DELETE' THEN
        IF c.archived_at IS NOT NULL AND current_user <> '{OWNER}' THEN
            RAISE EXCEPTION 'case % is archived', NEW.case_id USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF TG_OP = 'UPDATE' AND NEW.case_id <> OLD.case_id THEN
            RAISE EXCEPTION 'what belongs to case % stays there', OLD.case_id USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END IF;
    IF c.ended_at IS NULL AND TG_TABLE_NAME IN ('cases_subject', 'cases_requestitem') THEN
        RETURN OLD;
    END IF;
    IF c.retain_until < {TODAY} AND TG_ARGV[0] = 'content' AND EXISTS (
        SELECT 1 FROM cases_disposal d WHERE d.case_id = OLD.case_id AND d.decision = 'confirmed'
    ) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'case %: % is kept', OLD.case_id, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION keep_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'case % is kept: a number is never given up', OLD.id USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER case_kept BEFORE DELETE ON cases_case FOR EACH ROW EXECUTE FUNCTION keep_case();

-- The content of one case, once its time is over and two persons have decided; gives the hashes of its files.
CREATE FUNCTION dispose_case(the_case uuid) RETURNS text[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    hashes text[];
BEGIN
    PERFORM 1 FROM cases_case c JOIN cases_disposal d ON d.case_id = c.id
        WHERE c.id = the_case AND c.disposed_at IS NULL AND c.retain_until < {TODAY}
          AND d.decision = 'confirmed' AND d.decided_by_id <> d.proposed_by_id FOR UPDATE OF c;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'case % may not be disposed of', the_case USING ERRCODE = 'check_violation';
    END IF;
    SELECT coalesce(array_agg(DISTINCT sha256), '{{}}') INTO hashes FROM cases_attachment WHERE case_id = the_case;
    DELETE FROM cases_attachment WHERE case_id = the_case;
    DELETE FROM cases_note WHERE case_id = the_case;
    DELETE FROM cases_revision WHERE case_id = the_case;
    DELETE FROM cases_subject WHERE case_id = the_case;
    DELETE FROM cases_requestitem WHERE case_id = the_case;
    UPDATE cases_assignment SET text = '', answer = '' WHERE case_id = the_case;
    UPDATE cases_disposal SET reason = '' WHERE case_id = the_case AND reason <> '';
    UPDATE cases_case SET disposed_at = clock_timestamp(), title = '', summary = '', purpose = '', result = '',
        conditions = '{{}}', requesting_authority = ''
        WHERE id = the_case;
    RETURN hashes;
END $$;
REVOKE ALL ON FUNCTION dispose_case(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dispose_case(uuid) TO coopdesk_app;

REVOKE DELETE ON cases_disposal FROM coopdesk_app, coopdesk_worker;
REVOKE INSERT, UPDATE, DELETE ON cases_retentionperiod FROM coopdesk_app, coopdesk_worker;
"""
TRIGGERS = "".join(
    f"CREATE TRIGGER {name}_kept BEFORE INSERT OR UPDATE OR DELETE ON cases_{name}"
    " FOR EACH ROW EXECUTE FUNCTION keep_content('content');\n"
    for name in CONTENT
) + "".join(
    f"CREATE TRIGGER {name}_kept BEFORE {'' if name == 'disposal' else 'UPDATE OR '}DELETE ON cases_{name}"
    " FOR EACH ROW EXECUTE FUNCTION keep_content('');\n"
    for name in KEPT
)
OFFICER = "(SELECT nullif(current_setting('coopdesk.officer', true), '')::int)"
VISIBLE = "EXISTS (SELECT 1 FROM cases_case c WHERE c.id = cases_disposal.case_id)"
WALL = f"""
ALTER TABLE cases_disposal ENABLE ROW LEVEL SECURITY;
ALTER TABLE cases_disposal FORCE ROW LEVEL SECURITY;
CREATE POLICY app_scope ON cases_disposal TO coopdesk_app USING ({VISIBLE})
    WITH CHECK ({VISIBLE} AND {OFFICER} = CASE WHEN decision = '' THEN proposed_by_id ELSE decided_by_id END);
CREATE POLICY worker_all ON cases_disposal TO coopdesk_worker USING (true) WITH CHECK (true);
"""
UNDO = (
    "DROP POLICY app_scope ON cases_disposal; DROP POLICY worker_all ON cases_disposal;"
    + "".join(f"DROP TRIGGER {name}_kept ON cases_{name};" for name in (*CONTENT, *KEPT, "case"))
    + "DROP TRIGGER case_archived ON cases_case; DROP TRIGGER case_kept_to_schedule ON cases_case;"
    + "DROP TRIGGER disposal_in_two_steps ON cases_disposal;"
    + "DROP FUNCTION keep_to_schedule(); DROP FUNCTION check_disposal();"
    + "DROP FUNCTION dispose_case(uuid); DROP FUNCTION keep_case(); DROP FUNCTION keep_content(); DROP FUNCTION keep_archived();"
)


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0005_auditor_reads_the_work_list'),
        ('cases', '0008_by_delegation'),
        ('countries', '0003_country_pinyin'),
        ('treaties', '0001_treaties'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Disposal',
            fields=[
                ('id', models.UUIDField(db_default=cases.models.case.UuidV7(), editable=False, primary_key=True, serialize=False)),
                ('proposed_at', models.DateTimeField()),
                ('decision', models.CharField(blank=True, choices=[('confirmed', '已销毁'), ('kept', '继续保管')], max_length=10)),
                ('decided_at', models.DateTimeField(null=True)),
                ('reason', models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name='RetentionPeriod',
            fields=[
                ('id', models.AutoField(primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=20, unique=True)),
                ('name_zh', models.CharField(max_length=40)),
                ('name_en', models.CharField(max_length=40)),
                ('years', models.PositiveSmallIntegerField(null=True)),
                ('statuses', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), default=list, size=None)),
                ('basis', models.CharField(max_length=120)),
                ('confidence', models.CharField(max_length=20)),
            ],
        ),
        migrations.AddField(
            model_name='case',
            name='archived_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='case',
            name='disposed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='case',
            name='retain_until',
            field=models.DateField(null=True),
        ),
        migrations.AddIndex(
            model_name='attachment',
            index=models.Index(fields=['sha256'], name='attachment_by_content'),
        ),
        migrations.AddField(
            model_name='disposal',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='disposals', to='cases.case'),
        ),
        migrations.AddField(
            model_name='disposal',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='disposal',
            name='proposed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='disposal',
            name='proposed_for',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='disposal',
            name='decided_for',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='disposal',
            name='proposed_from',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency'),
        ),
        migrations.AddConstraint(
            model_name='retentionperiod',
            constraint=models.CheckConstraint(condition=models.Q(('years', None), ('years__gt', 0), _connector='OR'), name='retention_of_some_years'),
        ),
        migrations.AddField(
            model_name='case',
            name='retention',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='cases.retentionperiod'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('archived_at', None), ('ended_at__isnull', False)), fields=['origin', '-id'], name='case_to_archive'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('archived_at__isnull', False)), fields=['-id'], name='case_archived'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('archived_at__isnull', False), ('disposed_at', None)), fields=['retain_until', 'id'], name='case_due_for_disposal'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('archived_at', None), ('disposed_at', None), ('retain_until', None), ('retention', None)), models.Q(('archived_at__isnull', False), ('retention__isnull', False), ('status__in', ['closed', 'declined', 'refused', 'returned_to_requester', 'transferred', 'withdrawn'])), _connector='OR'), name='case_archived_whole'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('disposed_at', None), ('retain_until__isnull', False), _connector='OR'), name='case_disposed_after_retention'),
        ),
        migrations.AddConstraint(
            model_name='disposal',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(models.Q(('decided_by', models.F('proposed_by')), _negated=True), models.Q(('proposed_for', None), models.Q(('decided_by', models.F('proposed_for')), _negated=True), _connector='OR'), models.Q(('decided_for', None), models.Q(('decided_for', models.F('proposed_by')), _negated=True), _connector='OR'), models.Q(('decided_for', None), ('proposed_for', None), models.Q(('decided_for', models.F('proposed_for')), _negated=True), _connector='OR')), _connector='OR'), name='disposal_two_persons'),
        ),
        migrations.AddConstraint(
            model_name='disposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('decision', '')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('decision__in', ['confirmed', 'kept'])), _connector='OR'), name='disposal_decided_whole'),
        ),
        migrations.AddConstraint(
            model_name='disposal',
            constraint=models.UniqueConstraint(condition=models.Q(('decision', '')), fields=('case',), name='one_open_disposal'),
        ),
        migrations.RunSQL(ARCHIVE + TRIGGERS + WALL, UNDO),
    ]
