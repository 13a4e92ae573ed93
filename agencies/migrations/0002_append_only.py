"""The audit trail is insert-only, for everybody: rights are withdrawn and triggers refuse what a right might allow."""

from django.db import migrations

APPEND_ONLY = """
REVOKE UPDATE, DELETE, TRUNCATE ON agencies_auditevent, agencies_auditseal FROM coopdesk_app, coopdesk_worker;
REVOKE INSERT ON agencies_auditseal FROM coopdesk_app;
REVOKE ALL ON agencies_unsealedevent FROM coopdesk_app;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER auditevent_append_only BEFORE UPDATE OR DELETE ON agencies_auditevent
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER auditevent_no_truncate BEFORE TRUNCATE ON agencies_auditevent
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER auditseal_append_only BEFORE UPDATE OR DELETE ON agencies_auditseal
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER auditseal_no_truncate BEFORE TRUNCATE ON agencies_auditseal
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The sealer's work list: security definer, so that the web role cannot take an event off it.
CREATE FUNCTION await_seal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO agencies_unsealedevent (event_id) VALUES (NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER auditevent_await_seal AFTER INSERT ON agencies_auditevent
    FOR EACH ROW EXECUTE FUNCTION await_seal();
"""

UNDO = """
DROP TRIGGER auditevent_await_seal ON agencies_auditevent;
DROP FUNCTION await_seal();
DROP TRIGGER auditseal_no_truncate ON agencies_auditseal;
DROP TRIGGER auditseal_append_only ON agencies_auditseal;
DROP TRIGGER auditevent_no_truncate ON agencies_auditevent;
DROP TRIGGER auditevent_append_only ON agencies_auditevent;
DROP FUNCTION refuse_change();
GRANT UPDATE, DELETE ON agencies_auditevent, agencies_auditseal TO coopdesk_app, coopdesk_worker;
GRANT INSERT ON agencies_auditseal TO coopdesk_app;
GRANT ALL ON agencies_unsealedevent TO coopdesk_app;
"""


class Migration(migrations.Migration):
    dependencies = [("agencies", "0001_agencies_and_officers")]
    operations = [migrations.RunSQL(APPEND_ONLY, UNDO)]
