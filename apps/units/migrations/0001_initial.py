import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.comparison
import uuid
from django.conf import settings
from django.db import migrations, models

from apps.core.migrating import InOneStep


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('communities', '0001_initial'),
    ]

    operations = [InOneStep([
        migrations.CreateModel(
            name='LiaisonGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(unique=True, verbose_name='组号')),
                ('leader', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='组长')),
            ],
            options={
                'verbose_name': '联络服务小组',
                'verbose_name_plural': '联络服务小组',
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='Member',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='标识')),
                ('member_no', models.CharField(max_length=30, unique=True, verbose_name='编号')),
                ('name', models.CharField(db_index=True, max_length=40, verbose_name='姓名')),
                ('kind', models.CharField(choices=[('member', '党员'), ('retired', '退役或退休党员'), ('citizen', '群众'), ('volunteer', '志愿者')], default='member', max_length=10, verbose_name='身份')),
                ('phone_sealed', models.TextField(blank=True, editable=False, verbose_name='手机（密文）')),
                ('phone_index', models.CharField(blank=True, db_index=True, editable=False, max_length=64, verbose_name='手机索引')),
                ('is_exempt', models.BooleanField(default=False, help_text='超龄、孕期、病残等，不再派出。', verbose_name='免派')),
                ('is_synthetic', models.BooleanField(default=False, editable=False, verbose_name='演示数据')),
                ('home_community', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='residents', to='communities.community', verbose_name='居住社区')),
                ('home_estate', models.ForeignKey(blank=True, help_text='可不填；不登记门牌。', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='residents', to='communities.estate', verbose_name='居住小区')),
                ('user', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='member', to=settings.AUTH_USER_MODEL, verbose_name='账号')),
            ],
            options={
                'verbose_name': '党员',
                'verbose_name_plural': '党员',
                'ordering': ['id'],
                'indexes': [django.contrib.postgres.indexes.GinIndex(models.Func(models.F('name'), output_field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None), template='string_to_array(%(expressions)s, NULL)'), name='member_by_character')],
            },
        ),
        migrations.CreateModel(
            name='Unit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20, unique=True, verbose_name='单位代码')),
                ('name', models.CharField(max_length=80, unique=True, verbose_name='单位名称')),
                ('short_name', models.CharField(max_length=30, unique=True, verbose_name='单位简称')),
                ('category', models.CharField(choices=[('provincial', '省直机关'), ('central', '中央驻豫单位'), ('enterprise', '省管在郑企业'), ('university', '高校')], max_length=12, verbose_name='类别')),
                ('function_lines', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('police', '公安'), ('water', '水利'), ('customs', '海关'), ('health', '卫健'), ('emergency', '应急'), ('telecom', '通信'), ('power', '电力'), ('civil_affairs', '民政'), ('transport', '交通'), ('agriculture', '农业'), ('justice', '司法'), ('education', '教育')], max_length=20), blank=True, default=list, size=None, verbose_name='职能线')),
                ('duty_phone', models.CharField(blank=True, max_length=30, verbose_name='值班电话')),
                ('duty_email', models.EmailField(blank=True, max_length=254, verbose_name='值班邮箱')),
                ('is_leader_contact', models.BooleanField(default=False, help_text='催报时略去，由工委领导沟通。', verbose_name='由领导沟通')),
                ('sort_order', models.PositiveIntegerField(db_index=True, verbose_name='排序')),
                ('is_active', models.BooleanField(default=True, verbose_name='在列')),
                ('office_community', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='offices', to='communities.community', verbose_name='驻地社区')),
            ],
            options={
                'verbose_name': '单位',
                'verbose_name_plural': '单位',
                'ordering': ['sort_order'],
            },
        ),
        migrations.CreateModel(
            name='Posting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('leader', '工委领导'), ('staff', '工委工作人员'), ('duty', '值班员'), ('liaison', '联络服务小组成员'), ('reporter', '单位联络员'), ('unit_leader', '机关党委专职副书记（审核人）'), ('caseworker', '帮扶工作人员'), ('editor', '宣传编辑'), ('steward', '数据管理员'), ('city', '市直工委联络员'), ('auditor', '审计管理员'), ('security_admin', '安全管理员'), ('system_admin', '系统管理员')], max_length=16, verbose_name='角色')),
                ('starts_on', models.DateField(verbose_name='起始日期')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='截止日期')),
                ('group', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='postings', to='units.liaisongroup', verbose_name='联络服务小组')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='postings', to=settings.AUTH_USER_MODEL, verbose_name='用户')),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='postings', to='units.unit', verbose_name='单位')),
            ],
            options={
                'verbose_name': '任职',
                'verbose_name_plural': '任职',
                'ordering': ['user', 'role'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('group', None), ('role__in', ['reporter', 'unit_leader']), ('unit__isnull', False)), models.Q(('group__isnull', False), ('role', 'liaison'), ('unit', None)), models.Q(('group', None), ('unit', None), models.Q(('role__in', ['liaison', 'reporter', 'unit_leader']), _negated=True)), _connector='OR'), name='posting_place_fits_role', violation_error_message='单位角色须选单位，联络服务小组成员须选小组，其他角色两项均不选。'), models.CheckConstraint(condition=models.Q(('ends_on', None), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='posting_ends_after_start', violation_error_message='截止日期不得早于起始日期。'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('role__in', ['auditor', 'security_admin', 'system_admin'])), expressions=[(models.Func(django.db.models.functions.comparison.Cast(models.F('user'), models.IntegerField()), django.db.models.functions.comparison.Cast(models.F('user'), models.IntegerField()), models.Value('[]'), function='int4range'), '&&'), (models.Func(models.F('starts_on'), models.F('ends_on'), models.Value('[]'), function='daterange'), '&&')], name='separated_roles_apart', violation_error_message='审计、安全、系统管理员三员分设，同一账号不得同时担任两项。')],
            },
        ),
        migrations.CreateModel(
            name='PartyBranch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='党支部')),
                ('sort_order', models.PositiveIntegerField(default=0, verbose_name='排序')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='branches', to='units.unit', verbose_name='单位')),
            ],
            options={
                'verbose_name': '党支部',
                'verbose_name_plural': '党支部',
                'ordering': ['unit', 'sort_order', 'id'],
                'constraints': [models.UniqueConstraint(fields=('unit', 'name'), name='branch_once_in_unit')],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField(verbose_name='起始日期')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='截止日期')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='units.member', verbose_name='党员')),
                ('branch', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='units.partybranch', verbose_name='党支部')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='units.unit', verbose_name='单位')),
            ],
            options={
                'verbose_name': '组织关系',
                'verbose_name_plural': '组织关系',
                'ordering': ['member', 'starts_on'],
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(django.db.models.functions.comparison.Cast(models.F('member'), models.IntegerField()), django.db.models.functions.comparison.Cast(models.F('member'), models.IntegerField()), models.Value('[]'), function='int4range'), '&&'), (models.Func(models.F('starts_on'), models.F('ends_on'), models.Value('[]'), function='daterange'), '&&')], name='one_unit_at_a_time', violation_error_message='该党员在这段时间的组织关系已在另一单位，请先填写前一段的截止日期。')],
            },
        ),
        migrations.CreateModel(
            name='GroupMembership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField(verbose_name='起始日期')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='截止日期')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='units.liaisongroup', verbose_name='联络服务小组')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='group_memberships', to='units.unit', verbose_name='单位')),
            ],
            options={
                'verbose_name': '单位分组',
                'verbose_name_plural': '单位分组',
                'ordering': ['unit', 'starts_on'],
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(django.db.models.functions.comparison.Cast(models.F('unit'), models.IntegerField()), django.db.models.functions.comparison.Cast(models.F('unit'), models.IntegerField()), models.Value('[]'), function='int4range'), '&&'), (models.Func(models.F('starts_on'), models.F('ends_on'), models.Value('[]'), function='daterange'), '&&')], name='one_group_at_a_time', violation_error_message='该单位在这段时间已属于另一个联络服务小组，请先填写前一段的截止日期。')],
            },
        ),
    ])]
