"""The pictures of an item: taken, told why not, captioned, ordered, served in scope."""

import io
import zipfile

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from apps.office.models import Attachment
from apps.publicity import services
from apps.publicity.models import PublicityItem
from apps.publicity.services import PhotoEdit
from tests.cast import client_for
from tests.factories import ItemPhotoFactory
from tests.office.test_photos import broken_exif, picture, png_of

from .desk import draft, photo

NEW = "/publicity/new/"


def photos_of(item):
    return list(item.photos.values_list("caption", "position", "attachment__name"))


def test_new_item_brings_its_photos_and_asks_for_captions(flood, unit, reporter):
    answer = client_for(reporter).post(
        NEW, draft(unit, photos=[photo("IMG_5号楼.jpg"), photo("b.png", kind="PNG")])
    )

    item = PublicityItem.objects.get()
    assert answer["Location"] == reverse("publicity:item_photos", args=[item.pk])
    assert photos_of(item) == [
        ("", 1, f"{item.number}-1.jpg"),
        ("", 2, f"{item.number}-2.jpg"),
    ]


def arrange(user, item, rows, *, photos=(), version=None):
    data = {"version": item.version if version is None else version, "photos": list(photos)}
    for key, caption, position, removed in rows:
        data |= {f"caption-{key}": caption, f"position-{key}": position}
        data |= {f"remove-{key}": "on"} if removed else {}
    return client_for(user).post(f"/publicity/{item.pk}/photos/", data)


def test_photos_are_captioned_ordered_taken_out_and_added(written, reporter):
    first, second, third = (ItemPhotoFactory(item=written, position=n) for n in (1, 2, 3))

    arrange(
        reporter,
        written,
        [(first.pk, "甲", 9, False), (second.pk, "", 2, True), (third.pk, "丙", 1, False)],
        photos=[photo()],
    )

    assert [(caption, position) for caption, position, _ in photos_of(written)] == [
        ("丙", 1),
        ("甲", 2),
        ("", 3),
    ]


def test_photo_of_another_item_is_left_alone(written, reporter):
    theirs = ItemPhotoFactory(caption="别人的", position=4)
    mine = ItemPhotoFactory(item=written)
    edits = [PhotoEdit(theirs.pk, "改", 1), PhotoEdit(mine.pk, "我的", 2)]

    arrange(reporter, written, [(mine.pk, "我的", 1, False), (theirs.pk, "改", 1, True)])
    written.refresh_from_db()
    services.change_photos(written, edits, version=written.version, by=reporter)

    theirs.refresh_from_db()
    mine.refresh_from_db()
    assert (theirs.caption, theirs.position) == ("别人的", 4)
    assert (mine.caption, mine.position) == ("我的", 1)


def test_photos_sent_twice_are_there_once(written, reporter):
    answers = [
        arrange(reporter, written, [], photos=[photo()], version=written.version).status_code
        for _ in range(2)
    ]

    assert answers == [302, 409]
    assert written.photos.count() == 1


def test_two_editors_see_both_captions(written, reporter, unit_leader):
    row = ItemPhotoFactory(item=written, caption="原说明")
    arrange(reporter, written, [(row.pk, "甲的说明", 1, False)])

    page = arrange(unit_leader, written, [(row.pk, "乙的说明", 1, False)])

    shown = [(one.label, one.mine, one.theirs) for one in page.context["differences"]]
    row.refresh_from_db()
    assert (page.status_code, row.caption) == (409, "甲的说明")
    assert shown == [("第1张图片说明", "乙的说明", "甲的说明")]
    assert "乙的说明" in page.content.decode()


def test_ten_photos_are_too_many(written, reporter):
    page = arrange(reporter, written, [], photos=[photo() for _ in range(10)])

    assert page.context["form"].errors == {"photos": ["每篇最多 9 张图片。"]}
    assert not written.photos.exists()


def test_one_bad_photo_refuses_them_all_and_keeps_the_text(flood, unit, reporter):
    bad = photo("假.jpg")
    bad.file.seek(0)
    bad.file.write(b"<svg/>" * 200)
    bad.file.seek(0)

    page = client_for(reporter).post(NEW, draft(unit, photos=[photo(), bad]))

    sentence = "“假.jpg”不是 JPEG、PNG 或 WebP 图片，或已损坏，请换一张。"
    assert (page.status_code, page.context["form"].errors) == (422, {"photos": [sentence]})
    assert "第一段" in page.content.decode()
    assert not PublicityItem.objects.exists()


def test_photo_is_served_under_the_items_scope(flood, unit, reporter, editor, city):
    client_for(reporter).post(NEW, draft(unit, photos=[photo(size=(3000, 200))]))
    item = PublicityItem.objects.get()
    address = reverse("publicity:item_photo", args=[item.pk, item.photos.get().pk])

    mine = client_for(reporter).get(address)
    draft_of_others = client_for(editor).get(address).status_code

    assert (mine["Content-Type"], mine["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert b"".join(mine.streaming_content).startswith(b"\xff\xd8\xff")
    assert draft_of_others == 404
    assert client_for(city).get(address).status_code == 403


def test_photo_is_not_served_by_another_item(flood, unit, reporter, written):
    stored = ItemPhotoFactory(item__unit=unit)

    page = client_for(reporter).get(f"/publicity/{written.pk}/photos/{stored.pk}/")

    assert page.status_code == 404


def test_upload_forms_carry_the_banner(flood, written, reporter):
    for page in (NEW, f"/publicity/{written.pk}/photos/"):
        body = client_for(reporter).get(page).content.decode()
        assert 'class="form-banner">本平台为非涉密平台' in body


def zipped():
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("a.jpg", picture())
    return kept.getvalue()


NO_PICTURE = "“现场.jpg”不是 JPEG、PNG 或 WebP 图片，或已损坏，请换一张。"
BAD = {
    "zip": (zipped(), NO_PICTURE),
    "text": (b"<svg onload=alert(1)>", NO_PICTURE),
    "cut off": (picture((400, 300))[:400], NO_PICTURE),
    "wide": (png_of(30_000, 10), "图片过大：“现场.jpg”（30000×10 像素），请缩小后再传。"),
    "bomb": (png_of(60_000, 60_000), "图片过大：“现场.jpg”，请缩小后再传。"),
    "large": (
        b"\xff\xd8\xff" + b"\0" * 10 * 1024 * 1024,
        "图片过大：“现场.jpg”超过 10 MB，请压缩后再传。",
    ),
    "empty": (b"", "所选的是空文件，请重新选择。"),
}


def stored_files():
    folders, _ = (
        default_storage.listdir("attachments")
        if default_storage.exists("attachments")
        else ([], [])
    )
    return {name for one in folders for name in default_storage.listdir(f"attachments/{one}")[1]}


@pytest.mark.parametrize("kind", BAD)
@pytest.mark.parametrize("page", ["new", "photos"])
def test_bad_picture_is_told_at_its_field_and_nothing_is_half_saved(
    written, unit, reporter, kind, page
):
    data, sentence = BAD[kind]
    files = [photo(size=(41, 31)), SimpleUploadedFile("现场.jpg", data, content_type="image/jpeg")]
    before = stored_files()

    if page == "new":
        answer = client_for(reporter).post(NEW, draft(unit, photos=files))
    else:
        answer = arrange(reporter, written, [], photos=files)

    assert (answer.status_code, answer.context["form"].errors) == (422, {"photos": [sentence]})
    assert sentence in answer.content.decode()
    written.refresh_from_db()
    assert (Attachment.objects.count(), PublicityItem.objects.count(), written.version) == (0, 1, 3)
    assert stored_files() == before


@pytest.mark.parametrize("where", ["header", "directory", "entries", "place"])
def test_picture_with_broken_exif_is_taken_without_it(written, reporter, where):
    upload = SimpleUploadedFile("现场.jpg", broken_exif(where), content_type="image/jpeg")

    answer = arrange(reporter, written, [], photos=[upload])

    assert answer.status_code == 302
    with written.photos.get().attachment.file.open("rb") as file:
        assert dict(Image.open(file).getexif()) == {}
