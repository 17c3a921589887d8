import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from apps.core.migrating import InOneStep


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('assistance', '0001_initial'),
        ('campaigns', '0001_initial'),
        ('deployments', '0001_initial'),
        ('office', '0001_initial'),
        ('units', '0001_initial'),
    ]

    operations = [InOneStep([
        migrations.CreateModel(
            name='Channel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, unique=True, verbose_name='渠道')),
                ('kind', models.CharField(choices=[('press', '新闻媒体'), ('journal', '内刊'), ('brief', '简报'), ('intranet', '局域网'), ('website', '网站'), ('wechat', '微信公众号'), ('short_video', '短视频'), ('feed', '资讯平台'), ('moments', '微信朋友圈'), ('banner', '现场标语')], max_length=12, verbose_name='类型')),
                ('is_own', models.BooleanField(default=False, verbose_name='工委主办')),
                ('is_active', models.BooleanField(default=True, verbose_name='在用')),
                ('sort_order', models.PositiveSmallIntegerField(verbose_name='排序')),
            ],
            options={
                'verbose_name': '宣传渠道',
                'verbose_name_plural': '宣传渠道',
                'ordering': ['sort_order'],
            },
        ),
        migrations.CreateModel(
            name='AdoptionNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(help_text='当月第一天。', verbose_name='月份')),
                ('version', models.PositiveSmallIntegerField(verbose_name='版次')),
                ('silent', models.PositiveSmallIntegerField(verbose_name='没有投稿和采用的单位数')),
                ('signed_at', models.DateTimeField(verbose_name='签发时间')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='adoption_notices', to='campaigns.campaign', verbose_name='应急任务')),
                ('signed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='签发领导')),
            ],
            options={
                'verbose_name': '采用通报',
                'verbose_name_plural': '采用通报',
                'ordering': ['-month', '-version'],
                'constraints': [models.UniqueConstraint(fields=('campaign', 'month', 'version'), name='adoption_notice_version_once', violation_error_message='这一版通报已经签发。'), models.CheckConstraint(condition=models.Q(('month__day', 1), ('version__gte', 1)), name='adoption_notice_of_a_month', violation_error_message='通报须属于某月，版次从 1 起。')],
            },
        ),
        migrations.CreateModel(
            name='AdoptionRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit_name', models.CharField(max_length=30, verbose_name='签发时单位简称')),
                ('position', models.PositiveSmallIntegerField(verbose_name='顺序')),
                ('submitted', models.PositiveSmallIntegerField(verbose_name='投稿（篇）')),
                ('adopted', models.PositiveSmallIntegerField(verbose_name='采用（篇）')),
                ('placed', models.PositiveSmallIntegerField(verbose_name='刊发（篇次）')),
                ('notice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='publicity.adoptionnotice', verbose_name='采用通报')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='adoption_rows', to='units.unit', verbose_name='单位')),
            ],
            options={
                'verbose_name': '采用通报明细',
                'verbose_name_plural': '采用通报明细',
                'ordering': ['notice', 'position'],
                'constraints': [models.UniqueConstraint(fields=('notice', 'unit'), name='adoption_row_once', violation_error_message='该单位已在通报中。'), models.CheckConstraint(condition=models.Q(('adopted__lte', models.F('placed'))), name='adoption_row_items_appeared', violation_error_message='采用篇数不能多于刊发篇次。')],
            },
        ),
        migrations.CreateModel(
            name='PublicityItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=30, unique=True, verbose_name='稿件编号')),
                ('kind', models.CharField(choices=[('article', '文稿'), ('photos', '图片'), ('video', '短视频')], default='article', max_length=8, verbose_name='形式')),
                ('title', models.CharField(max_length=80, verbose_name='标题')),
                ('author', models.CharField(max_length=60, verbose_name='作者')),
                ('body', models.TextField(help_text='不出现门牌、封条、当事人姓名和正面近照。', verbose_name='正文')),
                ('state', models.CharField(choices=[('draft', '草稿'), ('submitted', '已投稿'), ('first', '初审通过'), ('second', '复审通过'), ('signed', '终审签发'), ('published', '已刊发'), ('returned', '退回修改'), ('withdrawn', '已撤稿')], db_index=True, default='draft', max_length=10, verbose_name='状态')),
                ('version', models.PositiveIntegerField(default=0, verbose_name='版本')),
                ('chain', models.PositiveSmallIntegerField(default=0, help_text='退回修改后重新投稿，审签从头办起。', verbose_name='第几次投稿')),
                ('submission', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='提交标识')),
                ('created_at', models.DateTimeField(verbose_name='建立时间')),
                ('submitted_at', models.DateTimeField(blank=True, null=True, verbose_name='投稿时间')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='publicity_items', to='campaigns.campaign', verbose_name='应急任务')),
                ('cases', models.ManyToManyField(blank=True, related_name='publicity_items', to='assistance.assistancecase', verbose_name='相关帮扶事项')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='投稿人')),
                ('deployments', models.ManyToManyField(blank=True, related_name='publicity_items', to='deployments.deployment', verbose_name='相关下沉任务')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='publicity_items', to='units.unit', verbose_name='投稿单位')),
            ],
            options={
                'verbose_name': '宣传稿件',
                'verbose_name_plural': '宣传稿件',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['unit', 'state'], name='item_by_unit'), models.Index(fields=['campaign', '-submitted_at'], name='item_by_campaign')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['first', 'published', 'returned', 'second', 'signed', 'submitted', 'withdrawn']), _negated=True), ('submitted_at__isnull', False), _connector='OR'), name='item_handed_in_has_moment', violation_error_message='已投稿的稿件须有投稿时间。')],
            },
        ),
        migrations.CreateModel(
            name='Placement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(verbose_name='刊发日期')),
                ('place', models.CharField(blank=True, help_text='如：2021年第9期、抗疫专栏', max_length=60, verbose_name='版面、期号或栏目')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人')),
                ('channel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='placements', to='publicity.channel', verbose_name='渠道')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='placements', to='publicity.publicityitem', verbose_name='宣传稿件')),
            ],
            options={
                'verbose_name': '刊发记录',
                'verbose_name_plural': '刊发记录',
                'ordering': ['-on', '-id'],
                'indexes': [models.Index(fields=['on'], name='placement_on')],
                'constraints': [models.UniqueConstraint(fields=('item', 'channel', 'on'), name='placement_once', violation_error_message='该稿件当日在此渠道已登记。')],
            },
        ),
        migrations.CreateModel(
            name='ItemStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('chain', models.PositiveSmallIntegerField(verbose_name='第几次投稿')),
                ('state', models.CharField(choices=[('draft', '草稿'), ('submitted', '已投稿'), ('first', '初审通过'), ('second', '复审通过'), ('signed', '终审签发'), ('published', '已刊发'), ('returned', '退回修改'), ('withdrawn', '已撤稿')], max_length=10, verbose_name='步骤')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='意见')),
                ('is_undo', models.BooleanField(default=False, verbose_name='撤销登记')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经办人')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='publicity.publicityitem', verbose_name='宣传稿件')),
            ],
            options={
                'verbose_name': '审签记录',
                'verbose_name_plural': '审签记录',
                'ordering': ['item', 'at', 'id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['first', 'second', 'signed'])), fields=('item', 'chain', 'by'), name='item_reviewed_by_three', violation_error_message='初审、复审、终审须由三人分别办理。'), models.UniqueConstraint(condition=models.Q(('state__in', ['first', 'second', 'signed'])), fields=('item', 'chain', 'state'), name='item_reviewed_once', violation_error_message='该审次已经办理。')],
            },
        ),
        migrations.CreateModel(
            name='ItemPhoto',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('caption', models.CharField(blank=True, max_length=80, verbose_name='图片说明')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='顺序')),
                ('attachment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.attachment', verbose_name='图片')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='photos', to='publicity.publicityitem', verbose_name='宣传稿件')),
            ],
            options={
                'verbose_name': '稿件图片',
                'verbose_name_plural': '稿件图片',
                'ordering': ['item', 'position', 'id'],
            },
        ),
    ])]
