from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("outbox", "0010_sent_by_hand"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=Q(("bounced_at__isnull", False), ("state", "rejected")),
                fields=["-created_at", "-id"],
                name="outbox_returned",
            ),
        ),
    ]
