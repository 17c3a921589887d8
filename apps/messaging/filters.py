import django_filters
from django.db.models import QuerySet

from apps.core.filters import DayFilter, PortalFilterSet, SearchFilter

from .enums import MessageKind, MessageState
from .models import InboxMessage, OutboxMessage


class MailFilters(PortalFilterSet):
    q = SearchFilter(fields=["recipient", "address", "subject"], label="收件人、地址、主题")
    on = DayFilter(label="日期")
    kind = django_filters.ChoiceFilter(choices=MessageKind.choices, label="类型")
    state = django_filters.ChoiceFilter(choices=MessageState.choices, label="状态")
    world = django_filters.ChoiceFilter(
        choices=[("real", "实战"), ("drill", "演练")], method="by_world", label="实战或演练"
    )

    class Meta:
        model = OutboxMessage
        fields: list[str] = []

    def by_world(
        self, rows: QuerySet[OutboxMessage], _: str, value: str
    ) -> QuerySet[OutboxMessage]:
        return rows.filter(is_drill=value == "drill")


class InboxFilters(PortalFilterSet):
    q = SearchFilter(fields=["subject", "text"], label="标题、内容")
    kind = django_filters.ChoiceFilter(choices=MessageKind.choices, label="类型")
    unread = django_filters.ChoiceFilter(
        choices=[("1", "只看未读")], method="by_unread", label="是否已读"
    )

    class Meta:
        model = InboxMessage
        fields: list[str] = []

    def by_unread(self, rows: QuerySet[InboxMessage], _: str, __: str) -> QuerySet[InboxMessage]:
        return rows.filter(read_at=None)
