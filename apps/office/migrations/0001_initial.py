import apps.office.models.attachments
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
            name='DocumentSeries',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=80, unique=True, verbose_name='代码')),
                ('kind', models.CharField(choices=[('brief', '简报'), ('report', '报告'), ('notice', '通知'), ('request', '请示'), ('minutes', '纪要')], max_length=10, verbose_name='文种')),
                ('name', models.CharField(help_text='简报名称或发文机关标志。', max_length=40, verbose_name='版头名称')),
                ('issuer', models.CharField(max_length=60, verbose_name='编发单位')),
                ('prefix', models.CharField(blank=True, help_text='发文字号〔年份〕之前的部分；简报不用。', max_length=20, verbose_name='机关代字')),
                ('addressee', models.CharField(blank=True, max_length=120, verbose_name='主送机关')),
                ('copied_to', models.CharField(blank=True, max_length=200, verbose_name='抄送')),
                ('report_to', models.CharField(blank=True, max_length=200, verbose_name='报')),
                ('send_to', models.CharField(blank=True, max_length=200, verbose_name='送')),
                ('issue_to', models.CharField(blank=True, help_text='简报列有未报单位和人员安全情况，发至工委以外前请审定。', max_length=200, verbose_name='发')),
                ('copies', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='共印（份）')),
            ],
            options={
                'verbose_name': '文种设置',
                'verbose_name_plural': '文种设置',
                'ordering': ['code'],
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='文件名')),
                ('sha256', models.CharField(db_index=True, max_length=64, verbose_name='摘要')),
                ('size', models.PositiveIntegerField(verbose_name='大小（字节）')),
                ('content_type', models.CharField(max_length=100, verbose_name='类型')),
                ('file', models.FileField(max_length=200, upload_to=apps.office.models.attachments._place, verbose_name='文件')),
                ('uploaded_at', models.DateTimeField(auto_now_add=True, verbose_name='上传时间')),
                ('uploaded_by', models.ForeignKey(blank=True, help_text='空为平台自动生成。', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='上传人')),
            ],
            options={
                'verbose_name': '附件',
                'verbose_name_plural': '附件',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='ImportBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sheet', models.CharField(max_length=40, verbose_name='表格')),
                ('name', models.CharField(max_length=200, verbose_name='文件名')),
                ('sha256', models.CharField(db_index=True, max_length=64, verbose_name='摘要')),
                ('size', models.PositiveIntegerField(verbose_name='大小（字节）')),
                ('state', models.CharField(choices=[('checking', '核对中'), ('refused', '无法读取'), ('faulty', '有错误'), ('ready', '待导入'), ('applying', '导入中'), ('stale', '需重新核对'), ('applied', '已导入'), ('undoing', '撤销中'), ('undone', '已撤销'), ('dropped', '已放弃')], default='checking', max_length=10, verbose_name='状态')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='上传时间')),
                ('attempt', models.PositiveSmallIntegerField(default=1, verbose_name='次数')),
                ('found', models.CharField(blank=True, max_length=80, verbose_name='工作表')),
                ('columns', models.JSONField(blank=True, default=list, verbose_name='列')),
                ('unknown', models.JSONField(blank=True, default=list, verbose_name='未用的列')),
                ('left_out', models.JSONField(blank=True, default=dict, verbose_name='没有读取的内容')),
                ('news', models.PositiveIntegerField(default=0, verbose_name='新增')),
                ('changes', models.PositiveIntegerField(default=0, verbose_name='变更')),
                ('same', models.PositiveIntegerField(default=0, verbose_name='无变化')),
                ('wrongs', models.PositiveIntegerField(default=0, verbose_name='有错误')),
                ('fingerprint', models.CharField(blank=True, max_length=80, verbose_name='比对摘要')),
                ('message', models.TextField(blank=True, verbose_name='说明')),
                ('checked_at', models.DateTimeField(blank=True, null=True, verbose_name='核对时间')),
                ('applying_at', models.DateTimeField(blank=True, null=True, verbose_name='开始导入')),
                ('applied_at', models.DateTimeField(blank=True, null=True, verbose_name='导入时间')),
                ('undone_at', models.DateTimeField(blank=True, null=True, verbose_name='撤销时间')),
                ('removed_at', models.DateTimeField(blank=True, null=True, verbose_name='原文件清除时间')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='导入人')),
                ('undone_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='撤销人')),
            ],
            options={
                'verbose_name': '导入',
                'verbose_name_plural': '导入',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['sheet', '-applied_at'], name='import_by_sheet'), models.Index(condition=models.Q(('removed_at', None)), fields=['at'], name='import_to_remove')],
            },
        ),
        migrations.CreateModel(
            name='ImportRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row', models.PositiveIntegerField(verbose_name='行号')),
                ('state', models.CharField(choices=[('new', '新增'), ('changed', '变更'), ('unchanged', '无变化'), ('wrong', '有错误')], max_length=9, verbose_name='结果')),
                ('label', models.CharField(blank=True, max_length=120, verbose_name='对象')),
                ('changes', models.JSONField(blank=True, default=dict, verbose_name='变动')),
                ('problems', models.JSONField(blank=True, default=list, verbose_name='错误')),
                ('kept', models.JSONField(blank=True, editable=False, null=True, verbose_name='原密文')),
                ('batch', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='office.importbatch', verbose_name='导入')),
            ],
            options={
                'verbose_name': '导入的行',
                'verbose_name_plural': '导入的行',
                'ordering': ['batch', 'row'],
                'indexes': [models.Index(fields=['batch', 'state', 'row'], name='import_rows')],
            },
        ),
        migrations.CreateModel(
            name='Document',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('brief', '简报'), ('report', '报告'), ('notice', '通知'), ('request', '请示'), ('minutes', '纪要')], max_length=10, verbose_name='文种')),
                ('subject', models.CharField(max_length=120, verbose_name='所述事项')),
                ('title', models.CharField(max_length=120, verbose_name='标题')),
                ('about_on', models.DateField(blank=True, null=True, verbose_name='数据日期')),
                ('year', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='年份')),
                ('number', models.PositiveIntegerField(blank=True, null=True, verbose_name='序号')),
                ('state', models.CharField(choices=[('draft', '送审稿'), ('signed', '已签发'), ('void', '作废')], default='draft', max_length=8, verbose_name='状态')),
                ('is_drill', models.BooleanField(default=False, verbose_name='演练')),
                ('content', models.JSONField(verbose_name='内容')),
                ('made_at', models.DateTimeField(verbose_name='生成时间')),
                ('signed_at', models.DateTimeField(blank=True, null=True, verbose_name='签发时间')),
                ('is_signed_on_behalf', models.BooleanField(default=False, verbose_name='代签')),
                ('voided_at', models.DateTimeField(blank=True, null=True, verbose_name='作废时间')),
                ('void_reason', models.CharField(blank=True, max_length=200, verbose_name='作废原因')),
                ('draft_file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.attachment', verbose_name='送审稿')),
                ('made_by', models.ForeignKey(blank=True, help_text='空为按时自动。', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='生成人')),
                ('replaces', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.document', verbose_name='代替')),
                ('signature_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经办签发')),
                ('signed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='签发人')),
                ('signed_file', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.attachment', verbose_name='签发稿')),
                ('voided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='作废人')),
                ('series', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='office.documentseries', verbose_name='系列')),
            ],
            options={
                'verbose_name': '公文',
                'verbose_name_plural': '公文',
                'ordering': ['-made_at', '-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ('draft', 'signed'))), fields=('series', 'subject'), name='one_standing_document', violation_error_message='这一事项已有公文，请刷新后查看。'), models.UniqueConstraint(fields=('series', 'year', 'number'), name='document_number_once'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'signed'), _negated=True), models.Q(('number__isnull', False), ('signature_by__isnull', False), ('signed_at__isnull', False), ('signed_by__isnull', False), ('signed_file__isnull', False), ('year__isnull', False)), _connector='OR'), name='signed_document_is_whole'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'draft'), _negated=True), models.Q(('number', None), ('signed_at', None), ('signed_file', None)), _connector='OR'), name='draft_document_has_no_number')],
            },
        ),
        migrations.CreateModel(
            name='ExportFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=100, verbose_name='名称')),
                ('address', models.TextField(verbose_name='地址')),
                ('campaign', models.CharField(blank=True, max_length=40, verbose_name='应急任务代码')),
                ('shape', models.CharField(blank=True, choices=[('list', '列表'), ('sheet', '列表（导入表样）'), ('paper', '统计表'), ('template', '导入模板'), ('bundle', '文件包')], max_length=10, verbose_name='类别')),
                ('conditions', models.TextField(blank=True, verbose_name='条件')),
                ('measure', models.CharField(default='条', max_length=4, verbose_name='计量')),
                ('state', models.CharField(choices=[('sent', '已下载'), ('waiting', '制作中'), ('ready', '可下载'), ('refused', '未能导出'), ('expired', '已过期')], default='waiting', max_length=10, verbose_name='状态')),
                ('rows', models.PositiveIntegerField(blank=True, null=True, verbose_name='数量')),
                ('size', models.PositiveBigIntegerField(blank=True, null=True, verbose_name='大小（字节）')),
                ('file', models.CharField(blank=True, max_length=100, verbose_name='文件')),
                ('message', models.TextField(blank=True, verbose_name='说明')),
                ('asked_at', models.DateTimeField(verbose_name='导出时间')),
                ('made_at', models.DateTimeField(blank=True, null=True, verbose_name='完成时间')),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='保留至')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='导出人')),
            ],
            options={
                'verbose_name': '导出',
                'verbose_name_plural': '导出',
                'ordering': ['-id'],
                'indexes': [models.Index(condition=models.Q(('state', 'ready')), fields=['expires_at'], name='export_to_expire')],
            },
        ),
    ])]
