from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("outbox", "0004_notice"),
    ]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="claimed_in",
            field=models.UUIDField(blank=True, editable=False, null=True, verbose_name="claimed in"),
        ),
        # Unlogged: Postgres empties it when it recovers from a crash. One row at most, see actions/life.py.
        migrations.RunSQL(
            "CREATE UNLOGGED TABLE outbox_life ("
            " single boolean PRIMARY KEY DEFAULT true CHECK (single),"
            " life uuid NOT NULL DEFAULT gen_random_uuid())",
            "DROP TABLE outbox_life",
        ),
    ]
