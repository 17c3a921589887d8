"""帮助: which pages there are, and whose daily work each describes."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.units.enums import Role


@dataclass(frozen=True, slots=True)
class Topic:
    """One page of the manual; its text is `templates/dashboard/help/<slug>.html`.

    `roles` see it first; nobody is kept from the others. Empty is for everybody.
    """

    slug: str
    title: str
    about: str
    roles: frozenset[Role] = frozenset()

    @property
    def template(self) -> str:
        return f"dashboard/help/{self.slug}.html"


TOPICS = (
    Topic(
        "report",
        "报送单位日报",
        "手机填报、零报告、草稿、回执、撤回修改",
        frozenset({Role.REPORTER, Role.UNIT_LEADER}),
    ),
    Topic(
        "review", "审核本单位日报", "审核人审核、先报后审、退回核改", frozenset({Role.UNIT_LEADER})
    ),
    Topic(
        "group",
        "催报、代录、审核和走访",
        "未报单位、已联系、代录、审核通过、退回核改、走访督导",
        frozenset({Role.LIAISON}),
    ),
    Topic(
        "day",
        "工委的一天",
        "四个一、快报数、数据锁定、研判、调度、对接、报送台账",
        frozenset({Role.STAFF, Role.DUTY}),
    ),
    Topic(
        "call",
        "临时报数",
        "要几个数、向谁要、几点要，减负提示",
        frozenset({Role.STAFF, Role.DUTY, Role.LIAISON, Role.REPORTER}),
    ),
    Topic(
        "leader",
        "领导看数和签批",
        "一页情况、四个一、阅签、签发、摘要订阅",
        frozenset({Role.LEADER}),
    ),
    Topic(
        "deployments",
        "下沉服务",
        "突击队、下沉任务、人员派出、到岗确认、社区需求",
        frozenset({Role.STAFF, Role.REPORTER}),
    ),
    Topic(
        "allocations",
        "力量调配",
        "调配建议、送审签发、下发接单、到岗、派出清单",
        frozenset({Role.STAFF, Role.LEADER, Role.REPORTER, Role.UNIT_LEADER}),
    ),
    Topic(
        "registrations",
        "双报到",
        "单位报到、党员报到、就地报到、回执",
        frozenset({Role.REPORTER, Role.STAFF}),
    ),
    Topic(
        "cases",
        "关爱帮扶",
        "登记、交办、走访、反馈、销号，个人信息保护",
        frozenset({Role.CASEWORKER, Role.REPORTER}),
    ),
    Topic("items", "宣传稿件", "投稿、三审三校、刊发登记、采用通报", frozenset({Role.EDITOR})),
    Topic(
        "sheets",
        "Excel 导入导出",
        "下载模板、核对、导入、撤销、导出",
        frozenset({Role.STEWARD, Role.STAFF, Role.REPORTER}),
    ),
    Topic(
        "documents",
        "公文和文件包",
        "简报报告的签发、下载，一天的文件一次打包",
        frozenset({Role.STAFF, Role.DUTY, Role.LEADER}),
    ),
    Topic(
        "boards",
        "看板和大屏",
        "任务看板、联络组看板、任务对比、日历、大屏",
        frozenset({Role.LEADER, Role.STAFF, Role.DUTY, Role.LIAISON}),
    ),
    Topic("city", "市直工委联络员", "提需求、看派出清单", frozenset({Role.CITY})),
    Topic(
        "admins",
        "系统、安全、审计管理员",
        "账号、任职、审计、任务状态",
        frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR, Role.STEWARD}),
    ),
    Topic("words", "口径和用语", "快报数、核定数、未报、同口径、累计"),
    Topic("keys", "键盘和文字大小", "快捷键、放大文字、打印"),
)


def topics_for(roles: frozenset[str]) -> tuple[Sequence[Topic], Sequence[Topic]]:
    """Those of one's own work, and the others."""
    own = [topic for topic in TOPICS if not topic.roles or topic.roles & roles]
    return own, [topic for topic in TOPICS if topic not in own]


def topic_of(slug: str) -> Topic | None:
    return next((topic for topic in TOPICS if topic.slug == slug), None)
