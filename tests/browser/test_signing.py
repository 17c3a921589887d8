"""A community opens the code on its phone and confirms; a second phone sees what was said."""

import threading

from django.db import connection
from django.db.models import Count

from apps.core.dates import business_day
from apps.deployments.models import SigningLine, SigningSheet
from apps.deployments.signing_links import token_of
from tests.deployments.signing_desk import stranger, word

from .chromium import PHONE


def test_a_phone_confirms_a_day_by_its_link(visit):
    open_ = SigningSheet.objects.filter(on=business_day(), confirmed_at=None)
    sheet, raced = open_.annotate(n=Count("lines")).order_by("-n", "pk")[:2]
    link = f"/q/{token_of(sheet)}/"
    first, second = visit(None, link, PHONE), visit(None, link, PHONE)
    first.assert_well()

    for watch, heads in ((first, "19"), (second, "24")):
        for box in watch.page.locator("[name^=heads_]").all():
            box.fill(heads)
        watch.page.fill("[name=name]", "刘主任")
        watch.page.fill("[name=title]", "社区书记")
        watch.page.click("button[type=submit]")

    first.page.wait_for_selector("text=已确认，谢谢支持")
    second.page.wait_for_selector("text=您这次填写的没有保存")
    assert second.overflow() == 0
    heads = SigningLine.objects.filter(sheet=sheet).values_list("heads", flat=True)
    assert set(heads) == {19}
    assert race(raced, (19, 24)) == 1


def race(sheet, numbers):
    """How many of those who press at the same moment are heard; all others are told."""
    lines = list(sheet.lines.all())
    gate, codes = threading.Barrier(len(numbers)), []

    def speak(heads):
        client = stranger()
        gate.wait()
        answer = client.post(f"/q/{token_of(sheet)}/", word(*((line, heads) for line in lines)))
        codes.append(answer.status_code)
        connection.close()

    threads = [threading.Thread(target=speak, args=(heads,)) for heads in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(set(codes)) == [200, 409]
    assert len(set(SigningLine.objects.filter(sheet=sheet).values_list("heads", flat=True))) == 1
    return codes.count(200)
