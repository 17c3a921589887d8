import django.db.models.deletion
from django.db import migrations, models

from apps.core.migrating import InOneStep


class Migration(migrations.Migration):
    dependencies = [("units", "0002_overlap_by_box")]

    operations = [
        InOneStep(
            [
                migrations.AlterField(
                    "membership",
                    "unit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="units.unit",
                        verbose_name="单位",
                    ),
                ),
                migrations.AddIndex(
                    "membership",
                    models.Index(fields=["unit", "member"], name="people_of_unit"),
                ),
            ]
        )
    ]
