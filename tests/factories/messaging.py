import factory

from apps.core.dates import business_day
from apps.messaging.enums import MessageKind
from apps.messaging.models import InboxMessage, OutboxMessage

from .accounts import UserFactory


class OutboxMessageFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = OutboxMessage

    kind = MessageKind.REMINDER_UNIT
    on = factory.LazyFunction(business_day)
    slot = "hint"
    address = factory.Sequence("desk{}@example.invalid".format)
    recipient = "示例单位值班室"
    dedupe_key = factory.LazyAttribute(lambda m: f"{m.kind}|{m.on}|{m.slot}|{m.address}|real")
    message_id = factory.Sequence("<{}@frontline.invalid>".format)
    subject = "请报送日报"
    text = "示例单位：请报送日报。"
    html = "<p>示例单位：请报送日报。</p>"


class InboxMessageFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = InboxMessage

    user = factory.SubFactory(UserFactory)
    kind = MessageKind.RETURNED
    dedupe_key = factory.Sequence("note-{}".format)
    subject = "日报退回核改"
    text = "请核实后重新报送。"
    path = "/"
