"""A person's choice of morning digests."""

from collections.abc import Mapping

from django.db import transaction

from apps.accounts.models import User
from apps.core.errors import DomainError
from apps.core.scope import scope_of

from ..models import DigestSubscription
from ..selectors.subscriptions import OFFERS


class ForeignDigestError(DomainError):
    """The digest belongs to a role the person does not hold."""


@transaction.atomic
def choose_digests(user: User, *, choices: Mapping[str, bool]) -> None:
    """Store for each digest named whether `user` gets it; those not named stay as they are.

    Raises ForeignDigestError for a digest that no role of `user` gets.
    """
    roles = scope_of(user).roles
    own = {offer.digest for offer in OFFERS if offer.role in roles}
    if choices.keys() - own:
        raise ForeignDigestError("只能设置本人角色收到的摘要。")
    DigestSubscription.objects.bulk_create(
        [
            DigestSubscription(user=user, digest=digest, is_enabled=is_enabled)
            for digest, is_enabled in choices.items()
        ],
        update_conflicts=True,
        unique_fields=["user", "digest"],
        update_fields=["is_enabled"],
    )
