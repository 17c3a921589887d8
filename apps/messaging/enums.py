from django.db import models


class MessageKind(models.TextChoices):
    REMINDER_UNIT = "reminder_unit", "催报（单位）"
    REMINDER_GROUP = "reminder_group", "催报（联络组）"
    REMINDER_OFFICE = "reminder_office", "报送情况（工委）"
    RETURNED = "returned", "退回核改"
    RECEIVED = "received", "已收到"
    FLASH = "flash", "动态报告"
    DATA_CALL = "data_call", "临时报数"
    CASE = "case", "帮扶事项"
    ALLOCATION = "allocation", "力量调配"
    PUBLICITY = "publicity", "宣传稿件"
    DIGEST_LEADER = "digest_leader", "每日情况（领导）"
    DIGEST_GROUP = "digest_group", "每日情况（联络组）"
    DIGEST_UNIT = "digest_unit", "每日待办（单位）"
    NIGHT = "night", "四个一小结"
    CATCH_UP = "catch_up", "补发小结"
    TRANSFER = "transfer", "导入导出"
    SEALING = "sealing", "封闭区域调整"
    VISIT = "visit", "走访督导"
    MILESTONE = "milestone", "重要节点"


class MessageState(models.TextChoices):
    QUEUED = "queued", "待发"
    SENDING = "sending", "发送中"
    SENT = "sent", "已发"
    FAILED = "failed", "发送失败"
    SUPPRESSED = "suppressed", "不再发送"
    HELD = "held", "待确认"
