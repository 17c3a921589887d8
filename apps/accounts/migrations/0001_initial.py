import django.contrib.auth.validators
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from apps.core.migrating import InOneStep


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [InOneStep([
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('username', models.CharField(error_messages={'unique': '该用户名已被使用，请换一个。'}, max_length=40, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='用户名')),
                ('name', models.CharField(max_length=40, verbose_name='姓名')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='电子邮箱')),
                ('is_active', models.BooleanField(default=True, help_text='停用后不能登录，记录保留。', verbose_name='启用')),
                ('must_change_password', models.BooleanField(default=False, verbose_name='下次登录须改密码')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='建立时间')),
            ],
            options={
                'verbose_name': '用户',
                'verbose_name_plural': '用户',
                'ordering': ['username'],
            },
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('actor', models.CharField(blank=True, max_length=80, verbose_name='操作人')),
                ('request', models.CharField(blank=True, max_length=40, verbose_name='请求编号')),
                ('table', models.CharField(max_length=63, verbose_name='数据表')),
                ('key', models.CharField(blank=True, max_length=40, verbose_name='主键')),
                ('operation', models.CharField(choices=[('I', '新增'), ('U', '修改'), ('D', '删除'), ('L', '批量装入')], max_length=1, verbose_name='操作')),
                ('before', models.JSONField(null=True, verbose_name='变更前')),
                ('after', models.JSONField(null=True, verbose_name='变更后')),
            ],
            options={
                'verbose_name': '操作记录',
                'verbose_name_plural': '操作记录',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['table', 'key', '-id'], name='audit_by_row'), models.Index(fields=['actor', '-id'], name='audit_by_actor'), django.contrib.postgres.indexes.BrinIndex(fields=['at'], name='audit_by_day')],
            },
        ),
        migrations.CreateModel(
            name='SecurityEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('kind', models.CharField(choices=[('login', '登录'), ('login_failed', '登录失败'), ('locked_out', '登录锁定'), ('logout', '退出'), ('denied', '越权访问被拒'), ('reveal', '查看个人信息'), ('password', '修改密码')], max_length=20, verbose_name='事件')),
                ('username', models.CharField(blank=True, max_length=150, verbose_name='用户名')),
                ('address', models.GenericIPAddressField(blank=True, null=True, verbose_name='来源地址')),
                ('path', models.CharField(blank=True, max_length=300, verbose_name='页面')),
                ('detail', models.JSONField(blank=True, default=dict, verbose_name='说明')),
            ],
            options={
                'verbose_name': '安全事件',
                'verbose_name_plural': '安全事件',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['username', '-id'], name='security_by_user')],
            },
        ),
        migrations.CreateModel(
            name='SavedFilter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', models.CharField(max_length=200, verbose_name='列表')),
                ('name', models.CharField(max_length=30, verbose_name='名称')),
                ('query', models.CharField(max_length=1000, verbose_name='条件')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='保存时间')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='saved_filters', to=settings.AUTH_USER_MODEL, verbose_name='用户')),
            ],
            options={
                'verbose_name': '常用筛选',
                'verbose_name_plural': '常用筛选',
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(fields=('user', 'path', 'name'), name='saved_filter_once', violation_error_message='已有同名的常用筛选，请换一个名称。')],
            },
        ),
    ])]
