"""Delegations: the table, what the database itself refuses, and the wall around it."""

import datetime
import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

OFFICER = "(SELECT nullif(current_setting('coopdesk.officer', true), '')::int)"
ROLE = "(SELECT current_setting('coopdesk.role', true))"

# Rules that look at other rows. Each breach has a constraint's name, which agencies/commands/delegations.py puts in words.
RULES = """
CREATE FUNCTION delegation_closes_loop(the_lender int, the_delegate int, span tstzrange) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    WITH RECURSIVE reached(officer) AS (
        SELECT the_delegate
        UNION
        SELECT d.delegate_id FROM reached r JOIN agencies_delegation d ON d.lender_id = r.officer
        JOIN agencies_appointment lent ON lent.id = d.appointment_id
        JOIN agencies_appointment own ON own.id = d.delegate_appointment_id
        WHERE d.revoked_at IS NULL AND d.period && span
          AND coalesce(least(lent.ends_at, own.ends_at), 'infinity') > statement_timestamp()
    )
    SELECT EXISTS (SELECT FROM reached WHERE officer = the_lender)
$$;

CREATE FUNCTION check_delegation() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    lent agencies_appointment;
    own agencies_appointment;
    broken text;
BEGIN
    SELECT * INTO lent FROM agencies_appointment WHERE id = NEW.appointment_id;
    SELECT * INTO own FROM agencies_appointment WHERE id = NEW.delegate_appointment_id;
    broken := CASE
        WHEN NEW.lender_id = NEW.delegate_id THEN 'delegation_not_to_oneself'
        WHEN lent.officer_id <> NEW.lender_id OR own.officer_id <> NEW.delegate_id THEN 'delegation_of_ones_own'
        WHEN lent.agency_id <> own.agency_id THEN 'delegation_within_agency'
        WHEN lent.duty <> 'cases' OR own.duty <> 'cases' THEN 'delegation_of_case_work'
        WHEN NEW.starts_at < greatest(lent.starts_at, own.starts_at)
            OR NEW.ends_at > coalesce(least(lent.ends_at, own.ends_at), 'infinity') THEN 'delegation_within_appointments'
        WHEN delegation_closes_loop(NEW.lender_id, NEW.delegate_id, tstzrange(NEW.starts_at, NEW.ends_at, '[)'))
            THEN 'delegation_no_loop'
    END;
    IF broken IS NOT NULL THEN
        RAISE EXCEPTION 'refused by %', broken USING ERRCODE = 'check_violation', CONSTRAINT = broken;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER delegation_sound BEFORE INSERT ON agencies_delegation
    FOR EACH ROW EXECUTE FUNCTION check_delegation();

-- What was lent stays as it was written; all that may follow is that it is taken back, once.
CREATE FUNCTION check_revocation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.revoked_at IS NOT NULL THEN
        RAISE EXCEPTION 'the delegation has been revoked' USING ERRCODE = 'check_violation', CONSTRAINT = 'delegation_revoked_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER delegation_revoked_once BEFORE UPDATE ON agencies_delegation
    FOR EACH ROW EXECUTE FUNCTION check_revocation();
REVOKE UPDATE, DELETE ON agencies_delegation FROM coopdesk_app, coopdesk_worker;
GRANT UPDATE (revoked_at, revoked_by_id) ON agencies_delegation TO coopdesk_app;
"""
NO_RULES = """
DROP TRIGGER delegation_revoked_once ON agencies_delegation;
DROP FUNCTION check_revocation();
DROP TRIGGER delegation_sound ON agencies_delegation;
DROP FUNCTION check_delegation();
DROP FUNCTION delegation_closes_loop(int, int, tstzrange);
"""

# Who acts for whom is no secret, like appointments. Only the lender writes one; both and the security administrator end it.
WALL = f"""
ALTER TABLE agencies_delegation ENABLE ROW LEVEL SECURITY;
ALTER TABLE agencies_delegation FORCE ROW LEVEL SECURITY;
CREATE POLICY app_reads ON agencies_delegation FOR SELECT TO coopdesk_app USING (true);
CREATE POLICY app_lends ON agencies_delegation FOR INSERT TO coopdesk_app WITH CHECK (lender_id = {OFFICER});
CREATE POLICY app_revokes ON agencies_delegation FOR UPDATE TO coopdesk_app
    USING ({OFFICER} IN (lender_id, delegate_id) OR {ROLE} = 'security_admin') WITH CHECK (revoked_by_id = {OFFICER});
CREATE POLICY worker_all ON agencies_delegation TO coopdesk_worker USING (true) WITH CHECK (true);

-- The auditor asks for the acts that were done in somebody's name.
CREATE INDEX audit_by_for_officer ON agencies_auditevent ((facts -> 'for_officer'), id) WHERE facts ? 'for_officer';
"""
NO_WALL = """
DROP INDEX audit_by_for_officer;
DROP POLICY app_reads ON agencies_delegation;
DROP POLICY app_lends ON agencies_delegation;
DROP POLICY app_revokes ON agencies_delegation;
DROP POLICY worker_all ON agencies_delegation;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0005_auditor_reads_the_work_list'),
    ]

    operations = [
        migrations.CreateModel(
            name='Delegation',
            fields=[
                ('id', models.AutoField(primary_key=True, serialize=False)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('reason', models.CharField(max_length=200)),
                ('lent_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('revoked_at', models.DateTimeField(null=True)),
                ('period', models.GeneratedField(db_persist=True, expression=models.Func(models.F('starts_at'), models.F('ends_at'), models.Value('[)'), function='tstzrange'), output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField())),
                ('appointment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='delegations', to='agencies.appointment')),
                ('delegate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('delegate_appointment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.appointment')),
                ('lender', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('revoked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddField(
            model_name='officer',
            name='acting_delegation',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='agencies.delegation'),
        ),
        migrations.AddConstraint(
            model_name='delegation',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='delegation_period'),
        ),
        migrations.AddConstraint(
            model_name='delegation',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__lte', django.db.models.expressions.CombinedExpression(models.F('starts_at'), '+', models.Value(datetime.timedelta(days=30))))), name='delegation_thirty_days'),
        ),
        migrations.AddConstraint(
            model_name='delegation',
            constraint=models.CheckConstraint(condition=models.Q(('delegate', models.F('lender')), _negated=True), name='delegation_not_to_oneself'),
        ),
        migrations.AddConstraint(
            model_name='delegation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('revoked_at__isnull', True), ('revoked_by__isnull', True)), models.Q(('revoked_at__isnull', False), ('revoked_by__isnull', False)), _connector='OR'), name='delegation_revoked_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='delegation',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('revoked_at', None)), expressions=[('appointment', '='), ('delegate', '='), ('period', '&&')], name='delegation_not_twice'),
        ),
        migrations.RunSQL(RULES, NO_RULES),
        migrations.RunSQL(WALL, NO_WALL),
    ]
