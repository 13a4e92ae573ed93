from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0004_queue_shows_custody"),
    ]

    operations = [
        migrations.AlterField(
            model_name="receipt",
            name="their_reference",
            field=models.CharField(blank=True, max_length=120),
        ),
    ]
