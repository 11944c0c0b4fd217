from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("coverage", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="coveragefile",
            name="sha256",
            field=models.CharField(default="", editable=False, max_length=64),
            preserve_default=False,
        ),
        # Rows of before take the digest of their file.
        migrations.RunSQL(
            "UPDATE coverage_coveragefile SET sha256 = files_mediaasset.sha256 "
            "FROM files_mediaasset WHERE files_mediaasset.id = asset_id",
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            model_name="coveragefile",
            constraint=models.UniqueConstraint(fields=("event", "added_by", "sha256"), name="coverage_file_once"),
        ),
    ]
