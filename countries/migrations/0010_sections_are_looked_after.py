"""A lapsed review is told once, and a proposal names the section it is about."""

from django.db import migrations, models

SECTIONS = [
    ("profile", "概况"),
    ("authorities", "主管机关"),
    ("asking", "怎么请求"),
    ("legal_system", "法律制度"),
    ("extradition", "引渡条件"),
    ("assistance", "司法协助程序"),
    ("immigration", "移民与遣返"),
    ("habits", "习惯与文化"),
    ("mechanisms", "机制与会议"),
    ("activities", "合作活动"),
    ("posts", "联络官"),
    ("events", "影响合作的事件"),
    ("lessons", "教训"),
]
# What was proposed before is about the section of its value; a lesson is about the lessons.
ABOUT = """
UPDATE countries_ledgerproposal SET section = 'lessons' WHERE kind = 'lesson';
UPDATE countries_ledgerproposal p SET section = t.section FROM countries_ledgertopic t WHERE t.id = p.topic_id;
"""


class Migration(migrations.Migration):

    dependencies = [("countries", "0009_sections")]

    operations = [
        migrations.AddField("sectioncare", "told_of", models.DateField(null=True)),
        migrations.AddField(
            "ledgerproposal", "section", models.CharField(blank=True, choices=SECTIONS, max_length=20, default=""),
            preserve_default=False,
        ),
        migrations.RunSQL(ABOUT, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "ledgerproposal",
            models.CheckConstraint(
                condition=models.Q(("section", ""), ("section__in", [code for code, _name in SECTIONS]), _connector="OR"),
                name="ledger_proposal_section_known",
            ),
        ),
    ]
