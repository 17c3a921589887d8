import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from apps.core.migrating import InOneStep


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [InOneStep([
        migrations.CreateModel(
            name='OutboxMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('reminder_unit', '催报（单位）'), ('reminder_group', '催报（联络组）'), ('reminder_office', '报送情况（工委）'), ('returned', '退回核改'), ('received', '已收到'), ('flash', '动态报告'), ('data_call', '临时报数'), ('case', '帮扶事项'), ('allocation', '力量调配'), ('publicity', '宣传稿件'), ('digest_leader', '每日情况（领导）'), ('digest_group', '每日情况（联络组）'), ('digest_unit', '每日待办（单位）'), ('night', '四个一小结'), ('catch_up', '补发小结'), ('transfer', '导入导出'), ('sealing', '封闭区域调整'), ('visit', '走访督导'), ('milestone', '重要节点')], max_length=20, verbose_name='类型')),
                ('on', models.DateField(verbose_name='日期')),
                ('slot', models.CharField(blank=True, max_length=40, verbose_name='时段')),
                ('address', models.EmailField(max_length=254, verbose_name='收件地址')),
                ('recipient', models.CharField(blank=True, max_length=60, verbose_name='收件人')),
                ('is_drill', models.BooleanField(default=False, verbose_name='演练')),
                ('dedupe_key', models.CharField(max_length=360, verbose_name='去重键')),
                ('message_id', models.CharField(max_length=120, verbose_name='邮件编号')),
                ('subject', models.CharField(max_length=200, verbose_name='主题')),
                ('text', models.TextField(verbose_name='文本正文')),
                ('html', models.TextField(blank=True, verbose_name='网页正文')),
                ('state', models.CharField(choices=[('queued', '待发'), ('sending', '发送中'), ('sent', '已发'), ('failed', '发送失败'), ('suppressed', '不再发送'), ('held', '待确认')], default='queued', max_length=10, verbose_name='状态')),
                ('not_before', models.DateTimeField(blank=True, null=True, verbose_name='不早于')),
                ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='发送次数')),
                ('claimed_by', models.CharField(blank=True, max_length=80, verbose_name='发送者')),
                ('claimed_until', models.DateTimeField(blank=True, null=True, verbose_name='占用至')),
                ('queued_at', models.DateTimeField(auto_now_add=True, verbose_name='入列时间')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='发出时间')),
                ('error', models.TextField(blank=True, verbose_name='失败原因')),
            ],
            options={
                'verbose_name': '邮件',
                'verbose_name_plural': '邮件',
                'ordering': ['-id'],
                'indexes': [models.Index(condition=models.Q(('state__in', ['queued', 'sending'])), fields=['id'], name='outbox_open'), models.Index(fields=['on', 'kind'], name='outbox_by_day')],
                'constraints': [models.UniqueConstraint(fields=('dedupe_key',), name='outbox_once'), models.UniqueConstraint(fields=('message_id',), name='outbox_message_id')],
            },
        ),
        migrations.CreateModel(
            name='InboxMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('reminder_unit', '催报（单位）'), ('reminder_group', '催报（联络组）'), ('reminder_office', '报送情况（工委）'), ('returned', '退回核改'), ('received', '已收到'), ('flash', '动态报告'), ('data_call', '临时报数'), ('case', '帮扶事项'), ('allocation', '力量调配'), ('publicity', '宣传稿件'), ('digest_leader', '每日情况（领导）'), ('digest_group', '每日情况（联络组）'), ('digest_unit', '每日待办（单位）'), ('night', '四个一小结'), ('catch_up', '补发小结'), ('transfer', '导入导出'), ('sealing', '封闭区域调整'), ('visit', '走访督导'), ('milestone', '重要节点')], max_length=20, verbose_name='类型')),
                ('dedupe_key', models.CharField(max_length=240, verbose_name='去重键')),
                ('subject', models.CharField(max_length=200, verbose_name='主题')),
                ('text', models.TextField(blank=True, verbose_name='内容')),
                ('path', models.CharField(blank=True, max_length=300, verbose_name='链接')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='时间')),
                ('read_at', models.DateTimeField(blank=True, null=True, verbose_name='已读时间')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='inbox', to=settings.AUTH_USER_MODEL, verbose_name='用户')),
            ],
            options={
                'verbose_name': '站内信',
                'verbose_name_plural': '站内信',
                'ordering': ['-id'],
                'constraints': [models.UniqueConstraint(fields=('user', 'dedupe_key'), name='inbox_once')],
            },
        ),
    ])]
