from django.db import models


class UnitCategory(models.TextChoices):
    """The four kinds of the 179, in official order of `sort_order`."""

    PROVINCIAL = "provincial", "省直机关"
    CENTRAL = "central", "中央驻豫单位"
    ENTERPRISE = "enterprise", "省管在郑企业"
    UNIVERSITY = "university", "高校"


class FunctionLine(models.TextChoices):
    """Lines of work a unit can be called on for."""

    POLICE = "police", "公安"
    WATER = "water", "水利"
    CUSTOMS = "customs", "海关"
    HEALTH = "health", "卫健"
    EMERGENCY = "emergency", "应急"
    TELECOM = "telecom", "通信"
    POWER = "power", "电力"
    CIVIL_AFFAIRS = "civil_affairs", "民政"
    TRANSPORT = "transport", "交通"
    AGRICULTURE = "agriculture", "农业"
    JUSTICE = "justice", "司法"
    EDUCATION = "education", "教育"


class MemberKind(models.TextChoices):
    MEMBER = "member", "党员"
    RETIRED = "retired", "退役或退休党员"
    CITIZEN = "citizen", "群众"
    VOLUNTEER = "volunteer", "志愿者"


class Role(models.TextChoices):
    LEADER = "leader", "工委领导"
    STAFF = "staff", "工委工作人员"
    DUTY = "duty", "值班员"
    LIAISON = "liaison", "联络服务小组成员"
    REPORTER = "reporter", "单位联络员"
    UNIT_LEADER = "unit_leader", "机关党委专职副书记（审核人）"
    CASEWORKER = "caseworker", "帮扶工作人员"
    EDITOR = "editor", "宣传编辑"
    STEWARD = "steward", "数据管理员"
    CITY = "city", "市直工委联络员"
    AUDITOR = "auditor", "审计管理员"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    SYSTEM_ADMIN = "system_admin", "系统管理员"


OFFICE_ROLES = frozenset({Role.LEADER, Role.STAFF, Role.DUTY})
UNIT_ROLES = frozenset({Role.REPORTER, Role.UNIT_LEADER})
# 三员分设: no account holds two of these.
SEPARATED_ROLES = frozenset({Role.AUDITOR, Role.SECURITY_ADMIN, Role.SYSTEM_ADMIN})
