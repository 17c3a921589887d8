from django.db import models


class AuditOperation(models.TextChoices):
    INSERT = "I", "新增"
    UPDATE = "U", "修改"
    DELETE = "D", "删除"
    LOAD = "L", "批量装入"


class SecurityEventKind(models.TextChoices):
    LOGIN = "login", "登录"
    LOGIN_FAILED = "login_failed", "登录失败"
    LOCKED_OUT = "locked_out", "登录锁定"
    LOGOUT = "logout", "退出"
    DENIED = "denied", "越权访问被拒"
    REVEAL = "reveal", "查看个人信息"
    PASSWORD = "password", "修改密码"
