"""What tests of the desk do again and again."""

import datetime as dt
import io
import uuid

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from apps.publicity.enums import ItemState
from tests.factories import ItemStepFactory, PublicityItemFactory, UserFactory

CHAIN = (ItemState.SUBMITTED, ItemState.FIRST, ItemState.SECOND, ItemState.SIGNED)


def item_at(state, *, signed=None, **fields):
    """An item that came to `state` through the hands of strangers; signed at that moment."""
    item = PublicityItemFactory(state=state, **fields)
    reached = CHAIN[: CHAIN.index(state) + 1] if state in CHAIN else CHAIN
    for number, step in enumerate(reached):
        by = item.created_by if step == ItemState.SUBMITTED else UserFactory()
        at = signed or timezone.now() - dt.timedelta(minutes=50 - number)
        ItemStepFactory(item=item, state=step, by=by, at=at)
    return item


def photo(name="现场.jpg", size=(40, 30), kind="JPEG", **options):
    kept = io.BytesIO()
    Image.new("RGB", size, "red").save(kept, kind, **options)
    return SimpleUploadedFile(name, kept.getvalue(), content_type="image/jpeg")


def draft(unit, **fields):
    """What the form for a new item sends."""
    return {
        "submission": str(uuid.uuid4()),
        "unit": unit.pk,
        "title": "党旗插在一线",
        "author": "示例作者",
        "kind": "article",
        "body": "第一段\n第二段",
        **fields,
    }


def edit(item, **fields):
    """What the form for changing an item sends."""
    return {
        "title": item.title,
        "author": item.author,
        "kind": item.kind,
        "body": "党员在社区值守。",
        "version": item.version,
        **fields,
    }
