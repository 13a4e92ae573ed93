"""Clocks of one case, or of one share of it, that overlap ring on the earlier of them alone: it has the next alarm, the others have none until it
stops, stands still or moves behind them. A trigger, so that whatever writes a clock need not think of its neighbours.

The sweep touches neither dates nor stops, so it never fires this; nor does the trigger's own update.
"""

from django.db import migrations

EARLIER = """
CREATE FUNCTION ring_on_the_earlier() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    WITH running AS (
        SELECT id, row_number() OVER (ORDER BY due_at, id) = 1 AS is_first,
            least(CASE WHEN warned_at IS NULL THEN warn_at END, CASE WHEN overdue_at IS NULL THEN due_at END,
                  CASE WHEN escalated_at IS NULL THEN escalate_at END) AS alarm_at
        FROM cases_deadline
        WHERE case_id = NEW.case_id AND overlap = NEW.overlap AND assignment_id IS NOT DISTINCT FROM NEW.assignment_id
            AND met_at IS NULL AND cancelled_at IS NULL AND paused_at IS NULL
    )
    UPDATE cases_deadline d SET next_alarm_at = CASE WHEN r.is_first THEN r.alarm_at END
    FROM running r
    WHERE d.id = r.id AND d.next_alarm_at IS DISTINCT FROM CASE WHEN r.is_first THEN r.alarm_at END;
    RETURN NULL;
END $$;
CREATE TRIGGER deadline_overlaps
    AFTER INSERT OR UPDATE OF overlap, due_at, paused_at, met_at, cancelled_at ON cases_deadline
    FOR EACH ROW WHEN (NEW.overlap <> '') EXECUTE FUNCTION ring_on_the_earlier();
"""
UNDO = "DROP TRIGGER deadline_overlaps ON cases_deadline; DROP FUNCTION ring_on_the_earlier();"


class Migration(migrations.Migration):
    dependencies = [("cases", "0016_limits_are_kept")]
    operations = [migrations.RunSQL(EARLIER, UNDO)]
