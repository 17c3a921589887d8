import django.contrib.postgres.constraints
import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models

from apps.core.migrating import InOneStep


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [InOneStep([
        migrations.CreateModel(
            name='Community',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20, unique=True, verbose_name='代码')),
                ('name', models.CharField(max_length=60, verbose_name='社区（村）')),
                ('contact', models.CharField(blank=True, max_length=40, verbose_name='社区联系人')),
                ('duty_phone', models.CharField(blank=True, max_length=30, verbose_name='值班电话')),
                ('households', models.PositiveIntegerField(blank=True, null=True, verbose_name='户数')),
                ('sort_key', models.PositiveIntegerField(db_index=True, verbose_name='排序')),
            ],
            options={
                'verbose_name': '社区',
                'verbose_name_plural': '社区',
                'ordering': ['sort_key'],
            },
        ),
        migrations.CreateModel(
            name='District',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=12, unique=True, verbose_name='代码')),
                ('name', models.CharField(max_length=40, unique=True, verbose_name='区县')),
                ('short_name', models.CharField(max_length=10, verbose_name='简称')),
                ('sort_order', models.PositiveSmallIntegerField(verbose_name='排序')),
            ],
            options={
                'verbose_name': '区县',
                'verbose_name_plural': '区县',
                'ordering': ['sort_order'],
            },
        ),
        migrations.CreateModel(
            name='Estate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='小区')),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='communities.community', verbose_name='社区')),
            ],
            options={
                'verbose_name': '小区',
                'verbose_name_plural': '小区',
                'ordering': ['community', 'name'],
                'constraints': [models.UniqueConstraint(fields=('community', 'name'), name='estate_once')],
            },
        ),
        migrations.CreateModel(
            name='Measure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.PositiveSmallIntegerField(choices=[(1, '风险等级'), (2, '管控措施')], verbose_name='类别')),
                ('name', models.CharField(max_length=20, verbose_name='名称')),
                ('is_sealed', models.BooleanField(default=False, help_text='人员不得跨界派出。', verbose_name='封闭')),
                ('valid_from', models.DateField(verbose_name='启用日期')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='停用日期')),
                ('sort_order', models.PositiveSmallIntegerField(verbose_name='排序')),
            ],
            options={
                'verbose_name': '风险与管控字典',
                'verbose_name_plural': '风险与管控字典',
                'ordering': ['kind', 'sort_order'],
                'constraints': [models.UniqueConstraint(fields=('kind', 'name'), name='measure_once')],
            },
        ),
        migrations.CreateModel(
            name='Street',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='街道')),
                ('sort_order', models.PositiveIntegerField(verbose_name='排序')),
                ('district', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='communities.district', verbose_name='区县')),
            ],
            options={
                'verbose_name': '街道',
                'verbose_name_plural': '街道',
                'ordering': ['sort_order'],
                'constraints': [models.UniqueConstraint(fields=('district', 'name'), name='street_once_in_district')],
            },
        ),
        migrations.AddField(
            model_name='community',
            name='street',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='communities.street', verbose_name='街道'),
        ),
        migrations.CreateModel(
            name='AreaStatus',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.PositiveSmallIntegerField(choices=[(1, '风险等级'), (2, '管控措施')], verbose_name='类别')),
                ('starts_at', models.DateTimeField(verbose_name='起始时间')),
                ('ends_at', models.DateTimeField(blank=True, null=True, verbose_name='解除时间')),
                ('basis', models.CharField(help_text='如：市指挥部通告2021年31号', max_length=120, verbose_name='依据通告')),
                ('is_drill', models.BooleanField(default=False, verbose_name='演练')),
                ('community', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='statuses', to='communities.community', verbose_name='社区')),
                ('estate', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='statuses', to='communities.estate', verbose_name='小区')),
                ('measure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='communities.measure', verbose_name='等级或措施')),
                ('street', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='statuses', to='communities.street', verbose_name='街道')),
            ],
            options={
                'verbose_name': '管控与风险',
                'verbose_name_plural': '管控与风险',
                'ordering': ['-starts_at', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('community', None), ('estate', None), ('street__isnull', False)), models.Q(('community__isnull', False), ('estate', None), ('street', None)), models.Q(('community', None), ('estate__isnull', False), ('street', None)), _connector='OR'), name='area_status_one_place', violation_error_message='请在街道、社区、小区中只选一项。'), models.CheckConstraint(condition=models.Q(('ends_at', None), ('ends_at__gt', models.F('starts_at')), _connector='OR'), name='area_status_ends_after_start', violation_error_message='解除时间应晚于起始时间。'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('street__isnull', False)), expressions=[(models.Func(django.db.models.functions.comparison.Cast(models.F('street'), models.IntegerField()), django.db.models.functions.comparison.Cast(models.F('street'), models.IntegerField()), models.Value('[]'), function='int4range'), '&&'), (models.Func(django.db.models.functions.comparison.Cast(models.F('kind'), models.IntegerField()), django.db.models.functions.comparison.Cast(models.F('kind'), models.IntegerField()), models.Value('[]'), function='int4range'), '&&'), (models.Func(django.db.models.functions.comparison.Cast(models.F('is_drill'), models.IntegerField()), django.db.models.functions.comparison.Cast(models.F('is_drill'), models.IntegerField()), models.Value('[]'), function='int4range'), '&&'), (models.Func(models.F('starts_at'), models.F('ends_at'), models.Value('[)'), function='tstzrange'), '&&')], name='area_status_street_once', violation_error_message='同一地点同一时段已有该类措施，请先填写前一条的解除时间。'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('community__isnull', False)), expressions=[(models.Func(django.db.models.functions.comparison.Cast(models.F('community'), models.IntegerField()), django.db.models.functions.comparison.Cast(models.F('community'), models.IntegerField()), models.Value('[]'), function='int4range'), '&&'), (models.Func(django.db.models.functions.comparison.Cast(models.F('kind'), models.IntegerField()), django.db.models.functions.comparison.Cast(models.F('kind'), models.IntegerField()), models.Value('[]'), function='int4range'), '&&'), (models.Func(django.db.models.functions.comparison.Cast(models.F('is_drill'), models.IntegerField()), django.db.models.functions.comparison.Cast(models.F('is_drill'), models.IntegerField()), models.Value('[]'), function='int4range'), '&&'), (models.Func(models.F('starts_at'), models.F('ends_at'), models.Value('[)'), function='tstzrange'), '&&')], name='area_status_community_once', violation_error_message='同一地点同一时段已有该类措施，请先填写前一条的解除时间。'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('estate__isnull', False)), expressions=[(models.Func(django.db.models.functions.comparison.Cast(models.F('estate'), models.IntegerField()), django.db.models.functions.comparison.Cast(models.F('estate'), models.IntegerField()), models.Value('[]'), function='int4range'), '&&'), (models.Func(django.db.models.functions.comparison.Cast(models.F('kind'), models.IntegerField()), django.db.models.functions.comparison.Cast(models.F('kind'), models.IntegerField()), models.Value('[]'), function='int4range'), '&&'), (models.Func(django.db.models.functions.comparison.Cast(models.F('is_drill'), models.IntegerField()), django.db.models.functions.comparison.Cast(models.F('is_drill'), models.IntegerField()), models.Value('[]'), function='int4range'), '&&'), (models.Func(models.F('starts_at'), models.F('ends_at'), models.Value('[)'), function='tstzrange'), '&&')], name='area_status_estate_once', violation_error_message='同一地点同一时段已有该类措施，请先填写前一条的解除时间。')],
            },
        ),
        migrations.AddConstraint(
            model_name='community',
            constraint=models.UniqueConstraint(fields=('street', 'name'), name='community_once_in_street', violation_error_message='该街道已有同名社区，请核对名称。'),
        ),
    ])]
