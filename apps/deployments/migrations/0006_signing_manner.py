from django.db import migrations, models

from apps.core.migrating import InOneStep

# What came by telephone was said in the remark; now it has a column of its own.
MOVE = """
UPDATE deployments_signingsheet
   SET manner = 'phone', remark = regexp_replace(remark, '^电话告知；?', '')
 WHERE entered_by_id IS NOT NULL AND remark LIKE '电话告知%'
"""
BACK = """
UPDATE deployments_signingsheet SET remark = left(concat_ws('；', '电话告知', nullif(remark, '')), 200)
 WHERE manner = 'phone'
"""


class Migration(migrations.Migration):
    dependencies = [
        ("deployments", "0005_submissions"),
    ]

    operations = [
        InOneStep(
            [
                migrations.AddField(
                    model_name="signingsheet",
                    name="manner",
                    field=models.CharField(
                        blank=True,
                        choices=[("paper", "纸质单"), ("phone", "电话")],
                        db_default="",
                        default="",
                        max_length=5,
                        verbose_name="代录方式",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="signingsheet",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("manner", ""), ("entered_by__isnull", False), _connector="OR"
                        ),
                        name="signing_manner_of_entered",
                        violation_error_message="代录的才填代录方式。",
                    ),
                ),
                migrations.RunSQL(MOVE, BACK),
            ]
        )
    ]
