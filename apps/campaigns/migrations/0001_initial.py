import django.contrib.postgres.constraints
import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models

from apps.core.migrating import InOneStep


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('communities', '0001_initial'),
        ('units', '0001_initial'),
    ]

    operations = [InOneStep([
        migrations.CreateModel(
            name='Campaign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40, unique=True, verbose_name='代码')),
                ('name', models.CharField(max_length=60, unique=True, verbose_name='应急任务')),
                ('kind', models.CharField(choices=[('flood', '防汛救灾'), ('epidemic', '疫情防控')], max_length=12, verbose_name='类型')),
                ('state', models.CharField(choices=[('planned', '筹备'), ('active', '进行中'), ('recovery', '恢复'), ('closed', '已结束')], default='planned', max_length=10, verbose_name='状态')),
                ('mode', models.CharField(choices=[('ordinary', '常态'), ('emergency', '应急')], default='emergency', max_length=10, verbose_name='平急状态')),
                ('level', models.CharField(blank=True, help_text='如：防汛Ⅰ级响应', max_length=20, verbose_name='响应级别')),
                ('level_source', models.CharField(blank=True, max_length=80, verbose_name='级别依据')),
                ('level_at', models.DateTimeField(blank=True, null=True, verbose_name='级别时间')),
                ('is_drill', models.BooleanField(default=False, verbose_name='演练')),
                ('starts_on', models.DateField(verbose_name='起始日期')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='结束日期')),
                ('counterpart', models.CharField(default='郑州市直机关工委', max_length=60, verbose_name='对接单位')),
            ],
            options={
                'verbose_name': '应急任务',
                'verbose_name_plural': '应急任务',
                'ordering': ['-starts_on', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on', None), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='campaign_ends_after_start', violation_error_message='结束日期不得早于起始日期。')],
            },
        ),
        migrations.CreateModel(
            name='Milestone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, verbose_name='重要节点')),
                ('area', models.CharField(blank=True, db_default='', default='', help_text='如：京广路沿线', max_length=40, verbose_name='区域')),
                ('clock', models.CharField(choices=[('from_event', '自事件起限时'), ('clear_days', '连续无新增天数')], max_length=12, verbose_name='计时方式')),
                ('started_at', models.DateTimeField(verbose_name='起算时间')),
                ('started_source', models.CharField(blank=True, db_default='', default='', help_text='如：据省防指通知', max_length=80, verbose_name='起算依据')),
                ('limit_hours', models.PositiveIntegerField(help_text='14天填 336。', verbose_name='时限（小时）')),
                ('alarm_hours', models.PositiveIntegerField(db_default=6, default=6, verbose_name='提前提醒（小时）')),
                ('reached_at', models.DateTimeField(blank=True, null=True, verbose_name='实现时间')),
                ('source', models.CharField(blank=True, help_text='如：据省电力公司通报', max_length=80, verbose_name='来源')),
                ('source_at', models.DateTimeField(blank=True, null=True, verbose_name='通报时间')),
                ('source_number', models.CharField(blank=True, db_default='', default='', max_length=60, verbose_name='通报文号')),
                ('recorded_at', models.DateTimeField(blank=True, null=True, verbose_name='登记时间')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='撤回时间')),
                ('withdrawn_reason', models.CharField(blank=True, db_default='', default='', max_length=200, verbose_name='撤回原因')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='milestones', to='campaigns.campaign', verbose_name='应急任务')),
                ('district', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='communities.district', verbose_name='区县')),
                ('recorded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人')),
                ('withdrawn_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='撤回人')),
            ],
            options={
                'verbose_name': '重要节点',
                'verbose_name_plural': '重要节点',
                'ordering': ['campaign', 'started_at', 'limit_hours'],
                'constraints': [models.CheckConstraint(condition=models.Q(('reached_at', None), ('reached_at__gte', models.F('started_at')), _connector='OR'), name='milestone_reached_after_start', violation_error_message='实现时间不得早于起算时间。')],
            },
        ),
        migrations.CreateModel(
            name='MilestoneReset',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='新增通报时间')),
                ('source', models.CharField(help_text='如：据卫健部门通报', max_length=80, verbose_name='来源')),
                ('source_number', models.CharField(blank=True, max_length=60, verbose_name='通报文号')),
                ('recorded_at', models.DateTimeField(verbose_name='登记时间')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='撤销时间')),
                ('withdrawn_reason', models.CharField(blank=True, max_length=200, verbose_name='撤销原因')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人')),
                ('milestone', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='resets', to='campaigns.milestone', verbose_name='重要节点')),
            ],
            options={
                'verbose_name': '新增通报',
                'verbose_name_plural': '新增通报',
                'ordering': ['-at', '-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('milestone', 'at'), name='reset_once_at_a_moment', violation_error_message='该时间的新增通报已登记。')],
            },
        ),
        migrations.CreateModel(
            name='PolicyHour',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hour', models.CharField(choices=[('opening', '生成当日应报'), ('quiet_end', '免打扰结束'), ('leader_digest', '领导每日情况'), ('group_digest', '联络组每日情况'), ('unit_digest', '单位每日待办'), ('arrival', '到岗确认'), ('city_talk', '对接市直工委时限'), ('data_cut', '统计时点'), ('filing', '截报'), ('flash', '快报数'), ('lock', '数据锁定'), ('upward', '向上报送'), ('judgment', '研判时限'), ('forecast', '明日需求预测'), ('dispatch', '调度时限'), ('night', '四个一小结'), ('quiet_start', '免打扰开始')], max_length=16, verbose_name='环节')),
                ('at', models.TimeField(verbose_name='时间')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hours', to='campaigns.campaign', verbose_name='应急任务')),
            ],
            options={
                'verbose_name': '时间安排',
                'verbose_name_plural': '时间安排',
                'ordering': ['campaign', 'at'],
                'constraints': [models.UniqueConstraint(fields=('campaign', 'hour'), name='policy_hour_once')],
            },
        ),
        migrations.CreateModel(
            name='UnitActivation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField(verbose_name='起始日期')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='截止日期')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='activations', to='campaigns.campaign', verbose_name='应急任务')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='activations', to='units.unit', verbose_name='单位')),
            ],
            options={
                'verbose_name': '参与单位',
                'verbose_name_plural': '参与单位',
                'ordering': ['campaign', 'unit'],
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(django.db.models.functions.comparison.Cast(models.F('campaign'), models.IntegerField()), django.db.models.functions.comparison.Cast(models.F('campaign'), models.IntegerField()), models.Value('[]'), function='int4range'), '&&'), (models.Func(django.db.models.functions.comparison.Cast(models.F('unit'), models.IntegerField()), django.db.models.functions.comparison.Cast(models.F('unit'), models.IntegerField()), models.Value('[]'), function='int4range'), '&&'), (models.Func(models.F('starts_on'), models.F('ends_on'), models.Value('[]'), function='daterange'), '&&')], name='one_activation_at_a_time', violation_error_message='该单位在这段时间已在参与名单中。')],
            },
        ),
        migrations.CreateModel(
            name='LadderStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rung', models.CharField(choices=[('hint', '提示'), ('due', '到点'), ('late', '逾期一级'), ('locked', '逾期二级')], max_length=8, verbose_name='级别')),
                ('offset_minutes', models.SmallIntegerField(verbose_name='相对截报（分钟）')),
                ('to_duty_desk', models.BooleanField(default=True, verbose_name='单位值班室、联络员')),
                ('to_unit_leader', models.BooleanField(default=False, verbose_name='机关党委专职副书记')),
                ('to_group', models.BooleanField(default=True, verbose_name='联络服务小组')),
                ('to_office', models.BooleanField(default=False, verbose_name='工委办公室')),
                ('needs_confirmation', models.BooleanField(default=False, verbose_name='须人工确认后发出')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ladder', to='campaigns.campaign', verbose_name='应急任务')),
            ],
            options={
                'verbose_name': '催报安排',
                'verbose_name_plural': '催报安排',
                'ordering': ['campaign', 'offset_minutes'],
                'constraints': [models.UniqueConstraint(fields=('campaign', 'rung'), name='ladder_rung_once')],
            },
        ),
    ])]
