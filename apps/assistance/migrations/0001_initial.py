import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from apps.core.migrating import InOneStep


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('campaigns', '0001_initial'),
        ('communities', '0001_initial'),
        ('office', '0001_initial'),
        ('units', '0001_initial'),
    ]

    operations = [InOneStep([
        migrations.CreateModel(
            name='Beneficiary',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, help_text='登记表单的提交标识。', unique=True, verbose_name='标识')),
                ('kind', models.CharField(choices=[('household', '家庭'), ('person', '个人'), ('institution', '机构'), ('firm', '市场主体')], max_length=12, verbose_name='对象类型')),
                ('circumstance', models.CharField(choices=[('flooded', '受灾严重家庭'), ('isolated', '被隔离家庭'), ('hardship', '困难家庭'), ('frontline', '一线防控人员家庭'), ('care_home', '养老机构'), ('shelter', '救助管理站'), ('business', '市场主体'), ('other', '其他群众')], max_length=12, verbose_name='情形')),
                ('people', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='人数')),
                ('name_sealed', models.TextField(blank=True, editable=False, verbose_name='姓名或名称（密文）')),
                ('name_index', models.CharField(blank=True, db_index=True, editable=False, max_length=64, verbose_name='姓名索引')),
                ('phone_sealed', models.TextField(blank=True, editable=False, verbose_name='电话（密文）')),
                ('phone_index', models.CharField(blank=True, db_index=True, editable=False, max_length=64, verbose_name='电话索引')),
                ('address_sealed', models.TextField(blank=True, editable=False, verbose_name='住址（密文）')),
                ('remark_sealed', models.TextField(blank=True, editable=False, verbose_name='情况（密文）')),
                ('registered_at', models.DateTimeField(auto_now_add=True, verbose_name='登记时间')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='版本')),
                ('is_synthetic', models.BooleanField(default=False, editable=False, verbose_name='演示数据')),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='beneficiaries', to='communities.community', verbose_name='社区')),
                ('duplicate_of', models.ForeignKey(blank=True, help_text='重复登记的不单独计户。', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='duplicates', to='assistance.beneficiary', verbose_name='与此对象重复')),
                ('registered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='beneficiaries', to='units.unit', verbose_name='登记单位')),
            ],
            options={
                'verbose_name': '帮扶对象',
                'verbose_name_plural': '帮扶对象',
                'ordering': ['-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('duplicate_of', None), models.Q(('duplicate_of', models.F('pk')), _negated=True), _connector='OR'), name='beneficiary_not_its_own_duplicate', violation_error_message='不能标为与自身重复。'), models.CheckConstraint(condition=models.Q(models.Q(('circumstance', 'flooded'), ('kind__in', ['household'])), models.Q(('circumstance', 'isolated'), ('kind__in', ['household'])), models.Q(('circumstance', 'hardship'), ('kind__in', ['household'])), models.Q(('circumstance', 'frontline'), ('kind__in', ['household'])), models.Q(('circumstance', 'care_home'), ('kind__in', ['institution'])), models.Q(('circumstance', 'shelter'), ('kind__in', ['institution'])), models.Q(('circumstance', 'business'), ('kind__in', ['firm'])), models.Q(('circumstance', 'other'), ('kind__in', ['household', 'person'])), _connector='OR'), name='beneficiary_kind_fits_circumstance', violation_error_message='对象类型与情形不符，如养老机构应为机构。')],
            },
        ),
        migrations.CreateModel(
            name='AssistanceCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(editable=False, max_length=20, verbose_name='事项编号')),
                ('submission', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='提交标识')),
                ('source', models.CharField(choices=[('community', '社区转来'), ('visit', '走访发现'), ('unit', '单位上报'), ('hotline', '电话来访'), ('programme', '专项活动')], max_length=12, verbose_name='来源')),
                ('service_type', models.CharField(choices=[('goods', '物资配送'), ('counsel', '心理疏导'), ('medical', '陪同就医'), ('errand', '代办事务'), ('cleanup', '清理恢复'), ('policy', '政策咨询'), ('visit', '走访慰问'), ('problem', '解决问题')], max_length=10, verbose_name='服务类型')),
                ('title', models.CharField(help_text='不写姓名、门牌和病情，如“需要配送婴儿奶粉”。', max_length=60, verbose_name='事项')),
                ('due_on', models.DateField(verbose_name='办结时限')),
                ('state', models.CharField(choices=[('open', '待交办'), ('assigned', '已交办'), ('underway', '办理中'), ('answered', '待核验'), ('closed', '已办结'), ('cancelled', '已撤销')], db_index=True, default='open', max_length=10, verbose_name='状态')),
                ('result', models.CharField(blank=True, max_length=300, verbose_name='办理结果')),
                ('opened_on', models.DateField(verbose_name='受理日期')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='办结时间')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='版本')),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='填报人')),
                ('attachments', models.ManyToManyField(blank=True, related_name='+', to='office.attachment', verbose_name='附件')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='campaigns.campaign', verbose_name='应急任务')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='责任人')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='units.unit', verbose_name='承办单位')),
                ('verified_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='核验人')),
                ('beneficiary', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='assistance.beneficiary', verbose_name='帮扶对象')),
            ],
            options={
                'verbose_name': '帮扶事项',
                'verbose_name_plural': '帮扶事项',
                'ordering': ['-opened_on', '-id'],
                'indexes': [models.Index(fields=['unit', 'state'], name='case_by_unit'), models.Index(fields=['due_on'], name='case_by_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(('due_on__gte', models.F('opened_on'))), name='case_due_after_opening', violation_error_message='办结时限不得早于受理日期。'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'closed'), _negated=True), models.Q(('answered_by__isnull', False), ('closed_at__isnull', False), ('verified_by__isnull', False), models.Q(('result', ''), _negated=True)), _connector='OR'), name='case_closed_through_its_steps', violation_error_message='办结须先填报办理结果，再经核验。'), models.CheckConstraint(condition=models.Q(('verified_by', None), models.Q(('verified_by', models.F('answered_by')), _negated=True), _connector='OR'), name='case_verified_by_somebody_else', violation_error_message='填报人不能核验自己办理的事项。'), models.UniqueConstraint(fields=('campaign', 'number'), name='case_number_once'), models.CheckConstraint(condition=models.Q(('state__in', ['open', 'cancelled']), ('owner__isnull', False), _connector='OR'), name='case_assigned_has_owner', violation_error_message='交办须指定责任人。')],
            },
        ),
        migrations.CreateModel(
            name='AssistanceAction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('service_type', models.CharField(choices=[('goods', '物资配送'), ('counsel', '心理疏导'), ('medical', '陪同就医'), ('errand', '代办事务'), ('cleanup', '清理恢复'), ('policy', '政策咨询'), ('visit', '走访慰问'), ('problem', '解决问题')], max_length=10, verbose_name='服务类型')),
                ('mode', models.CharField(choices=[('onsite', '线下'), ('online', '线上')], default='onsite', max_length=8, verbose_name='方式')),
                ('on', models.DateField(verbose_name='日期')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='内容')),
                ('submission', models.UUIDField(db_index=True, help_text='一次登记多个对象的，标识相同。', verbose_name='提交标识')),
                ('recorded_at', models.DateTimeField(auto_now_add=True, verbose_name='登记时间')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assistance_actions', to='campaigns.campaign', verbose_name='应急任务')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assistance_actions', to='units.unit', verbose_name='帮扶单位')),
                ('case', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='actions', to='assistance.assistancecase', verbose_name='帮扶事项')),
                ('beneficiary', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='actions', to='assistance.beneficiary', verbose_name='帮扶对象')),
            ],
            options={
                'verbose_name': '帮扶记录',
                'verbose_name_plural': '帮扶记录',
                'ordering': ['-on', '-id'],
                'indexes': [models.Index(fields=['campaign', 'on'], name='action_by_day'), models.Index(fields=['unit', '-on'], name='action_by_unit')],
                'constraints': [models.UniqueConstraint(fields=('submission', 'beneficiary'), name='action_once_per_submission')],
            },
        ),
        migrations.CreateModel(
            name='BeneficiaryEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('changed', '修改'), ('cleared', '清除个人信息'), ('folded', '标为重复'), ('distinct', '取消重复标记')], max_length=10, verbose_name='类别')),
                ('text', models.CharField(blank=True, max_length=300, verbose_name='说明')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('beneficiary', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='assistance.beneficiary', verbose_name='帮扶对象')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='操作人')),
            ],
            options={
                'verbose_name': '登记变更',
                'verbose_name_plural': '登记变更',
                'ordering': ['beneficiary', '-at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='CaseEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('registered', '登记'), ('moved', '流转'), ('note', '记录'), ('due_changed', '时限调整'), ('edited', '修改')], max_length=12, verbose_name='类别')),
                ('before', models.CharField(blank=True, choices=[('open', '待交办'), ('assigned', '已交办'), ('underway', '办理中'), ('answered', '待核验'), ('closed', '已办结'), ('cancelled', '已撤销')], max_length=10, verbose_name='原状态')),
                ('after', models.CharField(blank=True, choices=[('open', '待交办'), ('assigned', '已交办'), ('underway', '办理中'), ('answered', '待核验'), ('closed', '已办结'), ('cancelled', '已撤销')], max_length=10, verbose_name='新状态')),
                ('text', models.CharField(blank=True, max_length=300, verbose_name='说明')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='操作人')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='assistance.assistancecase', verbose_name='帮扶事项')),
            ],
            options={
                'verbose_name': '办理记录',
                'verbose_name_plural': '办理记录',
                'ordering': ['case', '-at', '-id'],
            },
        ),
    ])]
