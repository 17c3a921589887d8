"""Long exports: made by the worker, found again, safe when it dies, gone when their time is over."""

import datetime as dt
import os
import threading
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from apps.core.dates import business_day, moment_on
from apps.jobs.models import Occurrence
from apps.jobs.services import run_due, run_requested
from apps.messaging.models import InboxMessage
from apps.office.enums import ExportState
from apps.office.exports.listing import LIST, outgoing
from apps.office.models import ExportFile
from apps.office.services import exports as services
from apps.units.models import Posting
from tests.cast import client_for
from tests.factories import ExportFileFactory, MemberFactory, UnitFactory

from .exporting import ask, bytes_of, column, table

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def everything_is_long(monkeypatch):
    monkeypatch.setattr(services, "AT_ONCE", 2)
    monkeypatch.setattr("apps.office.exports.listing.PIECE", 2)


@pytest.fixture
def five(unit):
    return UnitFactory.create_batch(4)


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def folder():
    return services.folder()


def work():
    run_requested(now=timezone.now())


def asked(user, address="/units/", **more):
    """A long export of `user`, not yet made."""
    answer = ask(user, address, **more)
    assert answer.status_code == 302, answer.content.decode()[:500]
    return ExportFile.objects.get(pk=answer.url.rstrip("/").rpartition("/")[2])


def page(user, export, **headers):
    return client_for(user).get(f"/office/exports/{export.pk}/", headers=headers)


def fetch(user, export):
    return client_for(user).get(f"/office/exports/{export.pk}/file/")


def test_long_list_is_made_by_the_worker_and_fetched_by_its_owner(staff, five):
    export = asked(staff, "/units/?sort=-members")
    before = page(staff, export).content.decode()
    work()

    export.refresh_from_db()
    after = page(staff, export).content.decode()
    rows = table(fetch(staff, export))
    assert "已排队" in before
    assert "下载 Excel</a>" in after
    assert (export.state, export.rows, export.shape) == (ExportState.READY, 5, LIST)
    assert len(column(rows, "单位")) == 5
    assert export.expires_at - export.made_at == services.KEPT_FOR


def test_page_says_how_far_it_is_and_asks_again(staff, five, monkeypatch):
    export = asked(staff)
    seen = []
    real = services.write_list

    def watched(out, target, *, progress, **signed):
        def note(done):
            progress(done)
            part = page(staff, export, **{"HX-Request": "true", "HX-Target": "export"})
            seen.append(part.content.decode())

        return real(out, target, progress=note, **signed)

    monkeypatch.setattr(services, "write_list", watched)
    work()

    assert len(seen) == 3
    assert 'value="2" max="5"' in seen[0]
    assert 'hx-trigger="load delay:1s"' in seen[0]
    assert seen[0].lstrip().startswith('<section id="export"')
    assert 'value="5" max="5"' in seen[2]


def test_who_left_is_told_in_the_inbox_once(staff, five):
    export = asked(staff)
    work()
    work()

    note = InboxMessage.objects.get(user=staff)
    assert (note.subject, note.path) == ("导出已完成：单位", f"/office/exports/{export.pk}/")
    assert "共 5 家，保留 7 天。" in note.text


def test_pressed_twice_it_is_made_once(staff, five):
    first, second = asked(staff), asked(staff)

    assert first == second
    assert Occurrence.objects.filter(job="export").count() == 1
    work()
    assert asked(staff) != first


def test_worker_sees_what_its_owner_may_see(liaison, unit, foreign_unit):
    MemberFactory.create_batch(3, unit=unit)
    MemberFactory.create_batch(3, unit=foreign_unit)

    export = asked(liaison, "/units/members/")
    work()

    assert len(column(table(fetch(liaison, export)), "姓名")) == 3


def test_scope_counts_when_it_is_made_not_when_it_was_asked_for(reporter, unit):
    MemberFactory.create_batch(3, unit=unit)
    export = asked(reporter, "/units/members/")
    Posting.objects.filter(user=reporter).delete()

    work()

    export.refresh_from_db()
    assert (export.state, export.message) == (ExportState.REFUSED, services.GONE)
    assert list(folder().glob("*")) == []
    assert services.GONE in page(reporter, export).content.decode()
    assert InboxMessage.objects.get(user=reporter).subject == "未能导出：党员名册"


def test_disabled_account_gets_nothing(staff, five):
    export = asked(staff)
    type(staff).objects.filter(pk=staff.pk).update(is_active=False)

    work()

    export.refresh_from_db()
    assert export.state == ExportState.REFUSED


@pytest.mark.parametrize("who", ["liaison", "leader", "auditor", "system_admin", "outsider"])
def test_file_of_another_is_not_found(request, staff, five, who):
    export = asked(staff)
    work()
    stranger = request.getfixturevalue(who)

    assert fetch(stranger, export).status_code == 404
    assert page(stranger, export).status_code == 404
    assert bytes_of(fetch(staff, export))[:2] == b"PK"


def test_stranger_is_led_to_the_door(client, staff, five):
    export = asked(staff)
    work()

    assert client.get(f"/office/exports/{export.pk}/file/").url.startswith("/login/")


def test_unfinished_file_is_not_found(staff, five):
    assert fetch(staff, asked(staff)).status_code == 404


class Killed(BaseException):
    """Ends a run as a killed process does: nobody tidies up the ledger."""


def test_run_that_was_killed_is_taken_up_again(staff, five, monkeypatch):
    export = asked(staff)
    real = services.write_list

    def dies(out, target, **signed):
        Path(target).write_bytes(b"half a workbook")
        raise Killed

    monkeypatch.setattr(services, "write_list", dies)
    with pytest.raises(Killed):
        work()
    monkeypatch.setattr(services, "write_list", real)
    held = Occurrence.objects.get(job="export")
    work()
    still_held = ExportFile.objects.get(pk=export.pk).state
    Occurrence.objects.update(claimed_until=timezone.now() - dt.timedelta(seconds=1))
    work()

    export.refresh_from_db()
    assert (held.state, still_held) == ("running", ExportState.WAITING)
    assert (export.state, export.rows) == (ExportState.READY, 5)
    assert len(column(table(fetch(staff, export)), "单位")) == 5


@pytest.mark.logs_errors
def test_run_that_failed_is_tried_again_and_the_page_says_so(staff, five, monkeypatch):
    export = asked(staff)
    real = services.write_list

    def fails(*_out, **_signed):
        raise OSError("no space left")

    monkeypatch.setattr(services, "write_list", fails)
    work()
    troubled = page(staff, export).content.decode()
    monkeypatch.setattr(services, "write_list", real)
    Occurrence.objects.update(claimed_until=None)
    work()

    export.refresh_from_db()
    assert "系统会自动再试" in troubled
    assert export.state == ExportState.READY
    assert list(folder().glob("*.part")) == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_leave_one_file(staff, five):
    export = asked(staff)
    gate = threading.Barrier(2)

    def make():
        row = ExportFile.objects.select_related("by").get(pk=export.pk)
        gate.wait()
        try:
            services.make_export(row, now=timezone.now(), progress=lambda _done, _total: None)
        finally:
            connection.close()

    workers = [threading.Thread(target=make) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    export.refresh_from_db()
    assert [path.name for path in folder().glob("*")] == [export.file]


def test_rows_that_go_meanwhile_are_left_out(staff, five, monkeypatch):
    out = outgoing("/units/", staff, shape=LIST)
    pieces = out.pieces()
    first = next(pieces)
    five[-1].delete()

    rest = list(pieces)

    assert len(first) + sum(len(piece) for piece in rest) == 4


def test_file_goes_when_its_time_is_over(staff, five):
    over, fresh = asked(staff), asked(staff, "/units/?sort=-members")
    work()
    past = timezone.now() - dt.timedelta(seconds=1)
    ExportFile.objects.filter(pk=over.pk).update(expires_at=past)

    first = services.expire_exports(now=timezone.now())
    second = services.expire_exports(now=timezone.now())

    over.refresh_from_db()
    fresh.refresh_from_db()
    assert (first, second) == (1, 0)
    assert (over.state, over.file) == (ExportState.EXPIRED, "")
    assert [path.name for path in folder().glob("*")] == [fresh.file]
    assert fetch(staff, over).status_code == 404
    assert "已过保留期" in page(staff, over).content.decode()


def test_night_removes_what_killed_runs_left(staff):
    old, young = folder() / "a.part", folder() / "b.part"
    for part in (old, young):
        part.write_bytes(b"half")
    yesterday = timezone.now().timestamp() - 2 * 24 * 3600
    os.utime(old, (yesterday, yesterday))

    services.expire_exports(now=timezone.now())

    assert [path.name for path in folder().glob("*.part")] == ["b.part"]
    young.unlink()


def test_expiry_stands_in_the_plan_of_each_night(staff):
    morning = moment_on(business_day(), dt.time(4))
    export = ExportFileFactory(
        by=staff,
        state=ExportState.READY,
        file="gone.xlsx",
        expires_at=morning - dt.timedelta(days=1),
    )

    run_due(now=morning, jobs=["expire_exports"])

    line = Occurrence.objects.get(job="expire_exports")
    export.refresh_from_db()
    assert (line.state, line.result) == ("done", {"removed": 1})
    assert export.state == ExportState.EXPIRED


def test_lost_file_is_not_found_rather_than_broken(staff):
    export = ExportFileFactory(by=staff, state=ExportState.READY, file="gone.xlsx")

    assert fetch(staff, export).status_code == 404
