import io
import random
import struct
import zipfile
import zlib

import pytest
from PIL import Image, ImageChops, ImageOps

from apps.office import photos
from apps.office.photos import PictureRefusedError

DATE, MAKE, ORIENTATION, GPS = 0x0132, 0x010F, 0x0112, 0x8825


def picture(size=(40, 30), kind="JPEG", mode="RGB", **options):
    kept = io.BytesIO()
    Image.new(mode, size, "red").save(kept, kind, **options)
    return kept.getvalue()


def telling(orientation=1):
    """A photo as a telephone makes it: the device, the hour, the place, a comment."""
    exif = Image.Exif()
    exif[MAKE], exif[DATE], exif[ORIENTATION] = "SomePhone", "2021:08:05 17:00:00", orientation
    exif.get_ifd(GPS)[1] = "N"
    exif.get_ifd(GPS)[2] = (34.0, 45.0, 0.0)
    return picture((60, 40), exif=exif, comment=b"door 501")


def zipped():
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("a.jpg", b"\xff\xd8\xff" * 50)
    return kept.getvalue()


def png_of(width, height):
    """A header that promises more pixels than anybody wants to unpack."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def kept(data):
    return Image.open(io.BytesIO(photos.prepare_photo(data, name="a.jpg").data))


def test_nothing_but_the_picture_is_kept():
    source = Image.open(io.BytesIO(telling()))
    assert source.getexif()[MAKE] == "SomePhone"
    assert source.getexif().get_ifd(GPS)

    data = photos.prepare_photo(telling(), name="a.jpg").data

    clean = Image.open(io.BytesIO(data))
    assert dict(clean.getexif()) == {}
    assert not {"exif", "comment", "icc_profile", "xmp"} & set(clean.info)
    assert b"501" not in data


def test_picture_lying_on_its_side_is_set_upright():
    assert kept(telling(orientation=6)).size == (40, 60)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_each_way_of_lying_is_set_upright(orientation):
    corner, exif = Image.new("RGB", (64, 32), "white"), Image.Exif()
    corner.paste("red", (0, 0, 16, 16))
    exif[ORIENTATION] = orientation
    source = io.BytesIO()
    corner.save(source, "PNG", exif=exif)
    expected = ImageOps.exif_transpose(Image.open(source))

    stored = kept(source.getvalue())

    assert stored.size == expected.size
    assert max(high for _, high in ImageChops.difference(stored, expected).getextrema()) < 128


def broken_exif(where):
    """The same picture, its EXIF cut or filled with nonsense."""
    whole = telling(orientation=6)
    start = whole.index(b"Exif\0\0") + 6
    end = whole.index(b"door 501")
    nonsense = {
        "header": whole[:start] + b"XX" + whole[start + 2 :],
        "directory": whole[: start + 4] + b"\xff" * 4 + whole[start + 8 :],
        "entries": whole[: start + 10] + b"\xff" * 60 + whole[start + 70 :],
        "place": whole[: end - 60] + b"\xff" * 40 + whole[end - 20 :],
    }
    return nonsense[where]


@pytest.mark.parametrize("where", ["header", "directory", "entries", "place"])
def test_picture_with_broken_exif_is_taken_without_it(where):
    photo = photos.prepare_photo(broken_exif(where), name="a.jpg")

    clean = Image.open(io.BytesIO(photo.data))
    assert sorted(clean.size) == [40, 60]
    assert dict(clean.getexif()) == {}


def test_whatever_is_broken_in_a_picture_there_is_a_sentence_or_a_picture():
    whole, chance = telling(orientation=6), random.Random(2021)
    for _ in range(400):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 12)):
            data[chance.randrange(2, 400)] = chance.randrange(256)
        assert answer_to(bytes(data)) in {"picture", "换一张", "缩小后再传"}


def answer_to(data):
    try:
        photos.prepare_photo(data, name="a.jpg")
    except PictureRefusedError as refused:
        return refused.message.rpartition("请")[2].rstrip("。")
    return "picture"


@pytest.mark.parametrize(
    ("size", "stored"), [((3200, 1600), (1600, 800)), ((900, 3600), (400, 1600)), ((8, 6), (8, 6))]
)
def test_large_pictures_become_small_and_small_ones_stay(size, stored):
    assert kept(picture(size)).size == stored


def test_transparent_parts_stay_transparent():
    photo = photos.prepare_photo(picture(kind="PNG", mode="RGBA"), name="a.png")

    assert photo.content_type == "image/png"
    assert Image.open(io.BytesIO(photo.data)).mode == "RGBA"


def test_webp_becomes_jpeg():
    photo = photos.prepare_photo(picture(kind="WEBP"), name="a.webp")

    assert (photo.content_type, photo.width, photo.height) == ("image/jpeg", 40, 30)
    assert photo.data.startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        zipped(),
        b"<svg onload=alert(1)>",
        b"%PDF-1.7",
        picture(kind="GIF"),
        picture(kind="TIFF"),
        picture((400, 300))[:300],
        b"\xff\xd8\xff\xe0\x00\x10",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 40,
    ],
    ids=["empty", "zip", "svg", "pdf", "gif", "tiff", "cut off", "jpeg head", "png head"],
)
def test_what_is_no_picture_is_told_so(data):
    with pytest.raises(PictureRefusedError) as refused:
        photos.prepare_photo(data, name="a.jpg")

    assert refused.value.message == "“a.jpg”不是 JPEG、PNG 或 WebP 图片，或已损坏，请换一张。"


@pytest.mark.parametrize("size", [(30_000, 30_000), (30_000, 10), (8_000, 5_001), (60_000, 60_000)])
def test_too_many_pixels_are_refused_before_they_are_unpacked(size, monkeypatch):
    monkeypatch.setattr(Image.Image, "thumbnail", lambda *_: pytest.fail("unpacked"))

    with pytest.raises(PictureRefusedError, match=r"^图片过大：“b.png”.*请缩小后再传。$"):
        photos.prepare_photo(png_of(*size), name="b.png")


def test_too_many_bytes_are_refused():
    with pytest.raises(PictureRefusedError) as refused:
        photos.prepare_photo(b"\xff" * (photos.MAX_BYTES + 1), name="c.jpg")

    assert refused.value.message == "图片过大：“c.jpg”超过 10 MB，请压缩后再传。"
