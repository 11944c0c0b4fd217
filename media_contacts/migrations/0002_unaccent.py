from django.contrib.postgres.operations import UnaccentExtension
from django.db import migrations


class Migration(migrations.Migration):
    """The directory is searched without accents."""

    dependencies = [
        ("media_contacts", "0001_initial"),
    ]

    operations = [UnaccentExtension()]
