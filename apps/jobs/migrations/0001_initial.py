from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Occurrence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('job', models.CharField(max_length=40, verbose_name='任务')),
                ('on', models.DateField(verbose_name='日期')),
                ('scope', models.CharField(blank=True, max_length=80, verbose_name='范围')),
                ('due_at', models.DateTimeField(verbose_name='应执行时间')),
                ('state', models.CharField(choices=[('expected', '待执行'), ('running', '执行中'), ('done', '已完成'), ('failed', '失败'), ('skipped', '已略过')], default='expected', max_length=10, verbose_name='状态')),
                ('claimed_by', models.CharField(blank=True, max_length=80, verbose_name='执行者')),
                ('claimed_until', models.DateTimeField(blank=True, null=True, verbose_name='占用至')),
                ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='次数')),
                ('started_at', models.DateTimeField(blank=True, null=True, verbose_name='开始时间')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='完成时间')),
                ('is_late', models.BooleanField(default=False, verbose_name='补跑')),
                ('result', models.JSONField(blank=True, default=dict, verbose_name='结果')),
                ('error', models.TextField(blank=True, verbose_name='失败原因')),
            ],
            options={
                'verbose_name': '任务记录',
                'verbose_name_plural': '任务记录',
                'ordering': ['-due_at', 'job', 'scope'],
                'indexes': [models.Index(condition=models.Q(('state__in', ['expected', 'running', 'failed'])), fields=['due_at'], name='occurrence_open')],
                'constraints': [models.UniqueConstraint(fields=('job', 'on', 'scope'), name='occurrence_once')],
            },
        ),
    ]
