import factory
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password
from django.utils import timezone

from apps.accounts.enums import AuditOperation, SecurityEventKind
from apps.accounts.models import AuditEntry, SavedFilter, SecurityEvent, User


class UserFactory(factory.django.DjangoModelFactory):
    """Without postings nobody may do anything. Name a `password` only where one is typed."""

    class Meta:
        model = User

    username = factory.Sequence("user{}".format)
    name = factory.Sequence("用户{}".format)
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.invalid")
    password = UNUSABLE_PASSWORD_PREFIX

    @classmethod
    def _adjust_kwargs(cls, **kwargs):
        if kwargs["password"] != UNUSABLE_PASSWORD_PREFIX:
            kwargs["password"] = make_password(kwargs["password"])
        return kwargs


class AuditEntryFactory(factory.django.DjangoModelFactory):
    """As the database would have written it; real entries come from triggers alone."""

    class Meta:
        model = AuditEntry

    at = factory.LazyFunction(timezone.now)
    actor = "staff"
    request = factory.Faker("uuid4")
    table = "units_unit"
    key = factory.Sequence(str)
    operation = AuditOperation.UPDATE
    before = factory.LazyFunction(lambda: {"short_name": "旧"})
    after = factory.LazyFunction(lambda: {"short_name": "新"})


class SecurityEventFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SecurityEvent

    at = factory.LazyFunction(timezone.now)
    kind = SecurityEventKind.LOGIN
    username = factory.Sequence("user{}".format)
    address = "192.0.2.1"
    path = "/login/"


class SavedFilterFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SavedFilter

    user = factory.SubFactory(UserFactory)
    path = "/units/"
    name = factory.Sequence("常用{}".format)
    query = "category=provincial"
