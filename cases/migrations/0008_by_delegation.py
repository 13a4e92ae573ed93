"""What is done by delegation says for whom; a hand in a case that was lent counts for both officers, by trigger."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# The row of the officer for whom it was done. It comes before the conflict of a second row is looked at, so that it is
# written also when the delegate's own row stands already; the exclusion `four_eyes` then judges both.
BOTH_HANDS = """
CREATE FUNCTION count_for_both() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO cases_involvement (case_id, officer_id, agency_id, kind, content_version, at)
    VALUES (NEW.case_id, NEW.for_officer_id, NEW.agency_id, NEW.kind, NEW.content_version, NEW.at)
    ON CONFLICT (case_id, officer_id, agency_id, kind, content_version) DO NOTHING;
    RETURN NEW;
END $$;
CREATE TRIGGER involvement_counts_for_both BEFORE INSERT OR UPDATE OF for_officer_id ON cases_involvement
    FOR EACH ROW WHEN (NEW.for_officer_id IS NOT NULL) EXECUTE FUNCTION count_for_both();
"""
NOT_BOTH = "DROP TRIGGER involvement_counts_for_both ON cases_involvement; DROP FUNCTION count_for_both();"


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0007_walls_of_parallel_work'),
        ('agencies', '0006_delegation'),
    ]

    operations = [
        migrations.AddField(
            model_name='attachment',
            name='for_officer',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='involvement',
            name='for_officer',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='revision',
            name='for_officer',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='involvement',
            constraint=models.CheckConstraint(condition=models.Q(('for_officer', None), models.Q(('for_officer', models.F('officer')), _negated=True), _connector='OR'), name='involvement_for_another'),
        ),
        migrations.RunSQL(BOTH_HANDS, NOT_BOTH),
    ]
