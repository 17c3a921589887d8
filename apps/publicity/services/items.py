"""Writing an item, changing it while it may be changed, and what it is about."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction

from apps.accounts.models import User
from apps.assistance.models import AssistanceCase
from apps.campaigns.models import Campaign
from apps.core.dates import business_day
from apps.core.errors import Difference
from apps.deployments.models import Deployment
from apps.units.models import Unit

from ..bodies import clean_body, typed_body
from ..enums import ItemKind
from ..errors import ItemRefusedError
from ..models import PublicityItem
from .claims import claim_edit
from .photos import prepare_photos, store_photos

NUMBERS_LOCK = 7_031_200
"""Advisory lock under which numbers are given out; its second key is the day."""


@dataclass(frozen=True, slots=True)
class Text:
    """What the author types; `body` as it stands in the box."""

    title: str
    author: str
    kind: ItemKind
    body: str

    def stored(self) -> dict[str, str]:
        """Field values with a clean body. Raises ItemRefusedError when nothing is left of it."""
        body = clean_body(self.body)
        if not body:
            raise ItemRefusedError("正文没有可用的文字，请填写。", field="body")
        return {
            "title": " ".join(self.title.split()),
            "author": self.author,
            "kind": self.kind,
            "body": body,
        }


@transaction.atomic
def write_item(
    campaign: Campaign,
    unit: Unit,
    text: Text,
    *,
    submission: uuid.UUID,
    photos: Sequence[UploadedFile] = (),
    by: User,
    now: dt.datetime,
) -> PublicityItem:
    """A new draft. The same `submission` again answers with the item it made."""
    done: PublicityItem | None = PublicityItem.objects.filter(submission=submission).first()
    if done is not None:
        return done
    prepared = prepare_photos(photos)
    item = PublicityItem(
        campaign=campaign,
        unit=unit,
        submission=submission,
        created_by=by,
        created_at=now,
        **text.stored(),
    )
    item.number = _next_number(business_day(now))
    # Whoever pressed at the same time waited for the number: look again.
    done = PublicityItem.objects.filter(submission=submission).first()
    if done is not None:
        return done
    item.full_clean(validate_unique=False)
    item.save(force_insert=True)
    store_photos(item, prepared, by=by)
    return item


def _next_number(day: dt.date) -> str:
    """XC20210805-0012, counted up within the day; held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [NUMBERS_LOCK, day.toordinal()])
    stem = f"XC{day:%Y%m%d}-"
    last = (
        PublicityItem.objects.filter(number__startswith=stem)
        .order_by("-number")
        .values_list("number", flat=True)
        .first()
    )
    return f"{stem}{int(last.removeprefix(stem)) + 1 if last else 1:04d}"


@transaction.atomic
def revise_item(item: PublicityItem, text: Text, *, version: int) -> None:
    """Change a draft or a returned item read at `version`.

    Raises NotEditableError; StaleItemError with both values when somebody saved since. The same
    text again is no conflict: a second press changes nothing.
    """
    values = text.stored()
    theirs = PublicityItem.objects.get(pk=item.pk)
    differences = _differences(theirs, values)
    if theirs.is_editable and not differences:
        item.refresh_from_db()
        return
    claim_edit(item, version=version, values=values, differences=differences)


def _differences(theirs: PublicityItem, mine: dict[str, str]) -> list[Difference]:
    """Field by field, in the words of the form."""
    labels = {field.name: str(field.verbose_name) for field in PublicityItem._meta.fields}
    kinds = dict(ItemKind.choices)
    written = {"kind": lambda value: str(kinds[value]), "body": typed_body}
    found = []
    for name, value in mine.items():
        other = getattr(theirs, name)
        if value == other:
            continue
        write = written.get(name, str)
        found.append(Difference(labels[name], write(value), write(other)))
    return found


@transaction.atomic
def link_item(
    item: PublicityItem,
    *,
    deployment: Deployment | None = None,
    case: AssistanceCase | None = None,
) -> None:
    """Say what the item is about; linking twice changes nothing.

    Raises ItemRefusedError for something of another campaign.
    """
    for row, field in ((deployment, "deployment"), (case, "case")):
        if row is not None and row.campaign_id != item.campaign_id:
            raise ItemRefusedError(f"只能关联“{item.campaign}”中的任务和事项。", field=field)
    if deployment is not None:
        item.deployments.add(deployment)
    if case is not None:
        item.cases.add(case)


@transaction.atomic
def unlink_item(
    item: PublicityItem,
    *,
    deployment: Deployment | None = None,
    case: AssistanceCase | None = None,
) -> None:
    """Take a link away; one that is not there changes nothing."""
    if deployment is not None:
        item.deployments.remove(deployment)
    if case is not None:
        item.cases.remove(case)
