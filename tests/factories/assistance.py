import datetime as dt
import uuid

import factory
from django.utils import timezone

from apps.assistance.enums import (
    KINDS,
    BeneficiaryEventKind,
    CaseEventKind,
    CaseSource,
    CaseState,
    Circumstance,
    Mode,
    ServiceType,
)
from apps.assistance.models import (
    AssistanceAction,
    AssistanceCase,
    Beneficiary,
    BeneficiaryEvent,
    CaseEvent,
)
from apps.core.dates import business_day

from .accounts import UserFactory
from .campaigns import CampaignFactory
from .communities import CommunityFactory
from .units import UnitFactory


class BeneficiaryFactory(factory.django.DjangoModelFactory):
    """An isolated household; what names it is sealed under its own ref."""

    class Meta:
        model = Beneficiary

    unit = factory.SubFactory(UnitFactory)
    kind = factory.LazyAttribute(lambda row: min(KINDS[row.circumstance]))
    circumstance = Circumstance.ISOLATED
    community = factory.SubFactory(CommunityFactory)
    people = 3
    registered_by = factory.SubFactory(UserFactory)
    is_synthetic = True
    name = factory.Sequence("住户{}".format)
    phone = factory.Sequence("139000{:05}".format)
    address = "3号楼2单元501"
    remark = ""

    @classmethod
    def _create(cls, model_class, *args, name, phone, address, remark, **kwargs):
        # Sealed under the row's ref, so set on the object rather than passed to it.
        row = model_class(*args, **kwargs)
        row.name, row.phone, row.address, row.remark = name, phone, address, remark
        row.save()
        return row


class BeneficiaryEventFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = BeneficiaryEvent

    beneficiary = factory.SubFactory(BeneficiaryFactory)
    kind = BeneficiaryEventKind.CHANGED
    text = "更换电话"
    at = factory.LazyFunction(timezone.now)
    by = factory.SubFactory(UserFactory)


class AssistanceCaseFactory(factory.django.DjangoModelFactory):
    """A case of the beneficiary's unit; in later states with who worked on it."""

    class Meta:
        model = AssistanceCase

    number = factory.Sequence(lambda n: f"BF20210805-{n:04d}")
    submission = factory.LazyFunction(uuid.uuid4)
    campaign = factory.SubFactory(CampaignFactory)
    beneficiary = factory.SubFactory(BeneficiaryFactory)
    unit = factory.SelfAttribute("beneficiary.unit")
    source = CaseSource.COMMUNITY
    service_type = ServiceType.GOODS
    title = "需要配送婴儿奶粉"
    opened_on = factory.LazyAttribute(lambda case: min(business_day(), case.due_on))
    due_on = factory.LazyFunction(lambda: business_day() + dt.timedelta(days=3))
    state = CaseState.OPEN

    class Params:
        assigned = factory.Trait(state=CaseState.ASSIGNED, owner=factory.SubFactory(UserFactory))
        underway = factory.Trait(assigned=True, state=CaseState.UNDERWAY)
        answered = factory.Trait(
            assigned=True,
            state=CaseState.ANSWERED,
            result="已送达",
            answered_by=factory.SelfAttribute("owner"),
        )
        closed = factory.Trait(
            answered=True,
            state=CaseState.CLOSED,
            verified_by=factory.SubFactory(UserFactory),
            closed_at=factory.LazyFunction(timezone.now),
        )


class CaseEventFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CaseEvent

    case = factory.SubFactory(AssistanceCaseFactory)
    kind = CaseEventKind.REGISTERED
    after = CaseState.OPEN
    at = factory.LazyFunction(timezone.now)
    by = factory.SubFactory(UserFactory)


class AssistanceActionFactory(factory.django.DjangoModelFactory):
    """Goods brought today by the unit that registered the household."""

    class Meta:
        model = AssistanceAction

    campaign = factory.SubFactory(CampaignFactory)
    beneficiary = factory.SubFactory(BeneficiaryFactory)
    unit = factory.SelfAttribute("beneficiary.unit")
    service_type = ServiceType.GOODS
    mode = Mode.ONSITE
    on = factory.LazyFunction(business_day)
    submission = factory.LazyFunction(uuid.uuid4)
    by = factory.SubFactory(UserFactory)
