import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from apps.core.migrating import InOneStep


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('campaigns', '0001_initial'),
        ('communities', '0001_initial'),
        ('units', '0001_initial'),
    ]

    operations = [InOneStep([
        migrations.CreateModel(
            name='Indicator',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=12, unique=True, verbose_name='代码')),
                ('name', models.CharField(max_length=40, verbose_name='指标')),
                ('campaign_kind', models.CharField(choices=[('flood', '防汛救灾'), ('epidemic', '疫情防控')], max_length=12, verbose_name='任务类型')),
                ('measure', models.CharField(choices=[('people', '人'), ('person_times', '人次'), ('households', '户'), ('household_times', '户次'), ('times', '次'), ('pieces', '件'), ('organisations', '家'), ('count', '个'), ('spots', '处'), ('items', '项'), ('incidents', '起'), ('hours', '小时'), ('tonnes', '吨'), ('cubic_metres', '立方米'), ('square_metres', '平方米'), ('yuan', '元')], max_length=20, verbose_name='计量单位')),
                ('kind', models.CharField(choices=[('stock', '时点'), ('flow', '当日'), ('cumulative', '累计')], max_length=12, verbose_name='性质')),
                ('rollup', models.CharField(choices=[('sum', '相加'), ('distinct', '去重'), ('none', '不汇总')], max_length=10, verbose_name='汇总方式')),
                ('source', models.CharField(choices=[('reported', '填报'), ('ledger', '台账'), ('both', '填报或台账')], max_length=10, verbose_name='来源')),
                ('section', models.CharField(choices=[('force', '力量'), ('work', '当日工作量')], max_length=8, verbose_name='栏目')),
                ('is_restricted', models.BooleanField(default=False, help_text='对外及小数值不显示。', verbose_name='限工委和本单位可见')),
                ('sort_order', models.PositiveSmallIntegerField(verbose_name='排序')),
            ],
            options={
                'verbose_name': '指标',
                'verbose_name_plural': '指标',
                'ordering': ['sort_order'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('rollup', 'distinct'), _negated=True), ('measure__in', ('people', 'households', 'organisations', 'count')), _connector='OR'), name='indicator_distinct_is_of_things', violation_error_message='去重只适用于人、户、家、个：人次、次、吨、小时等没有重复可去，请改为“相加”或“不汇总”。'), models.CheckConstraint(condition=models.Q(('rollup', 'distinct'), ('source', 'reported'), _negated=True), name='indicator_distinct_is_from_ledger', violation_error_message='各单位填报的数不能由系统去重，只有台账能去重：请改来源为“台账”，或改为“不汇总”。'), models.CheckConstraint(condition=models.Q(('kind', 'cumulative'), ('measure__in', ['people', 'households', 'organisations', 'count']), ('rollup', 'sum'), _negated=True), name='indicator_cumulative_is_not_added', violation_error_message='累计的人、户、家、个须去重得出，不能由各单位或各日相加：请改为“去重”或“不汇总”。'), models.CheckConstraint(condition=models.Q(('kind', 'stock'), ('measure__in', ['person_times', 'household_times', 'times', 'hours']), _negated=True), name='indicator_happening_is_no_stock', violation_error_message='人次、户次、次、小时是当日发生的量，不是时点数：请改性质为“当日”，或改计量单位。'), models.CheckConstraint(condition=models.Q(models.Q(models.Q(('code__in', ['E04', 'E05', 'F04', 'F05', 'F06']), _negated=True), ('measure', 'count'), _connector='OR'), models.Q(models.Q(('code__in', ['E13']), _negated=True), ('measure', 'households'), _connector='OR'), models.Q(models.Q(('code__in', ['E01', 'E02', 'E03', 'E14', 'F01', 'F02', 'F13', 'F14']), _negated=True), ('measure', 'people'), _connector='OR'), models.Q(models.Q(('code__in', ['E12']), _negated=True), ('measure', 'times'), _connector='OR')), name='indicator_key_keeps_its_measure', violation_error_message='该指标由系统按固定口径计数（人、个、次或户），计量单位不能更改；口径不同的，请另建指标。')],
            },
        ),
        migrations.CreateModel(
            name='Snapshot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(verbose_name='日期')),
                ('stage', models.CharField(choices=[('flash', '快报数'), ('locked', '核定数')], max_length=8, verbose_name='性质')),
                ('as_of', models.DateTimeField(verbose_name='数据时点')),
                ('taken_at', models.DateTimeField(verbose_name='生成时间')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='解锁时间')),
                ('withdrawn_reason', models.CharField(blank=True, max_length=200, verbose_name='解锁原因')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='snapshots', to='campaigns.campaign', verbose_name='应急任务')),
                ('consented_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='同意解锁的领导')),
                ('taken_by', models.ForeignKey(blank=True, help_text='空为按时自动。', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='操作人')),
                ('withdrawn_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='解锁人')),
            ],
            options={
                'verbose_name': '数据锁定',
                'verbose_name_plural': '数据锁定',
                'ordering': ['-on', '-taken_at'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('campaign', 'on', 'stage'), name='one_standing_snapshot', violation_error_message='当日数据已锁定。')],
            },
        ),
        migrations.CreateModel(
            name='Figure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope', models.CharField(choices=[('unit', '单位'), ('group', '联络服务小组'), ('category', '类别'), ('district', '区县'), ('total', '合计')], max_length=8, verbose_name='范围')),
                ('category', models.CharField(blank=True, choices=[('provincial', '省直机关'), ('central', '中央驻豫单位'), ('enterprise', '省管在郑企业'), ('university', '高校')], max_length=12, verbose_name='类别')),
                ('value', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='数值')),
                ('qualifier', models.CharField(blank=True, choices=[('', '准确'), ('about', '约'), ('over', '余')], max_length=6, verbose_name='修饰')),
                ('reported', models.PositiveIntegerField(default=0, verbose_name='已报')),
                ('asked', models.PositiveIntegerField(default=0, verbose_name='应报')),
                ('compared', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='同口径今日')),
                ('compared_before', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='同口径昨日')),
                ('compared_units', models.PositiveIntegerField(default=0, verbose_name='同口径单位数')),
                ('carried_over', models.DecimalField(blank=True, decimal_places=2, help_text='暂按昨日数计的部分，另列。', max_digits=14, null=True, verbose_name='未报单位昨日数')),
                ('revision_id', models.BigIntegerField(blank=True, help_text='填报数所依据的报送版本编号。', null=True, verbose_name='报送版本')),
                ('district', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='communities.district', verbose_name='区县')),
                ('group', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='units.liaisongroup', verbose_name='联络服务小组')),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='figures', to='units.unit', verbose_name='单位')),
                ('indicator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='figures', to='figures.indicator', verbose_name='指标')),
                ('snapshot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='figures', to='figures.snapshot', verbose_name='锁定批次')),
            ],
            options={
                'verbose_name': '核定数',
                'verbose_name_plural': '核定数',
                'ordering': ['snapshot', 'indicator', 'scope', 'id'],
                'indexes': [models.Index(fields=['unit', 'indicator'], name='figure_by_unit')],
                'constraints': [models.UniqueConstraint(fields=('snapshot', 'indicator', 'scope', 'unit', 'group', 'category', 'district'), name='figure_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(models.Q(('scope', 'unit'), ('unit__isnull', False)), models.Q(('category', ''), ('group__isnull', False), ('scope', 'group'), ('unit', None)), models.Q(('group', None), ('scope', 'category'), ('unit', None), models.Q(('category', ''), _negated=True)), models.Q(('district__isnull', False), ('group', None), ('scope', 'district'), ('unit', None)), models.Q(('category', ''), ('district', None), ('group', None), ('scope', 'total'), ('unit', None)), _connector='OR'), name='figure_scope_names_its_place')],
            },
        ),
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('old', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='原值')),
                ('new', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='更正为')),
                ('reason', models.CharField(max_length=200, verbose_name='原因')),
                ('state', models.CharField(choices=[('proposed', '待审核'), ('accepted', '已更正'), ('declined', '未采纳')], default='proposed', max_length=10, verbose_name='状态')),
                ('proposed_at', models.DateTimeField(verbose_name='提出时间')),
                ('reviewed_at', models.DateTimeField(blank=True, null=True, verbose_name='审核时间')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='提出人')),
                ('reviewed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='审核人')),
                ('figure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='figures.figure', verbose_name='核定数')),
            ],
            options={
                'verbose_name': '更正',
                'verbose_name_plural': '更正',
                'ordering': ['-proposed_at', '-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('old', models.F('new')), _negated=True), ('old', None), ('new', None), _connector='OR'), name='correction_changes_something', violation_error_message='更正前后的数值相同。')],
            },
        ),
        migrations.CreateModel(
            name='CampaignIndicator',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(verbose_name='顺序')),
                ('is_typed', models.BooleanField(help_text='否则由台账自动得出。', verbose_name='由单位填报')),
                ('is_required', models.BooleanField(default=False, verbose_name='必填')),
                ('starts_on', models.DateField(verbose_name='启用日期')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='停用日期')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='indicators', to='campaigns.campaign', verbose_name='应急任务')),
                ('indicator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='figures.indicator', verbose_name='指标')),
            ],
            options={
                'verbose_name': '任务指标',
                'verbose_name_plural': '任务指标',
                'ordering': ['campaign', 'position'],
                'constraints': [models.UniqueConstraint(fields=('campaign', 'indicator'), name='campaign_indicator_once')],
            },
        ),
        migrations.CreateModel(
            name='IndicatorDefinition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.CharField(max_length=20, verbose_name='口径版本')),
                ('text', models.TextField(verbose_name='口径')),
                ('basis', models.CharField(max_length=120, verbose_name='依据')),
                ('starts_on', models.DateField(verbose_name='启用日期')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='停用日期')),
                ('indicator', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='definitions', to='figures.indicator', verbose_name='指标')),
            ],
            options={
                'verbose_name': '指标口径',
                'verbose_name_plural': '指标口径',
                'ordering': ['indicator', 'starts_on'],
                'constraints': [models.UniqueConstraint(fields=('indicator', 'version'), name='definition_once')],
            },
        ),
    ])]
