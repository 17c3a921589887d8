import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0004_milestone_cancelling")]

    operations = [
        migrations.AlterField(
            model_name="ladderstep",
            name="offset_minutes",
            field=models.SmallIntegerField(
                help_text="截报前填负数，前后不超过一天（1440分钟）。",
                validators=[
                    django.core.validators.MinValueValidator(-1440),
                    django.core.validators.MaxValueValidator(1440),
                ],
                verbose_name="相对截报（分钟）",
            ),
        ),
    ]
