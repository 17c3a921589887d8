"""Documents made, signed, declared void: by service and through the pages."""

import datetime as dt
import threading
from io import BytesIO

import docx
import pytest
from django.db import connection
from django.urls import reverse

from apps.core.dates import moment_on
from apps.office.documents import services, sources
from apps.office.documents.enums import DocumentKind, DocumentState
from apps.office.models import Document
from tests.cast import client_for
from tests.counting import statements
from tests.factories import DocumentFactory, DocumentSeriesFactory

from .papers import BOOKS, paper

DAY = dt.date(2021, 8, 5)
NIGHT, MORNING = moment_on(DAY, dt.time(22)), moment_on(dt.date(2021, 8, 6), dt.time(7))


@pytest.fixture(autouse=True)
def books(monkeypatch):
    """What stands in the books; a test may change it."""
    kept = dict(BOOKS)
    monkeypatch.setattr(sources, "_lookups", [lambda _ids: kept])
    return kept


@pytest.fixture
def series(db):
    return DocumentSeriesFactory(code="flood-2021-brief")


def made(series, subject="flood-2021/2021-08-05", *, kind=DocumentKind.BRIEF, **options):
    options = {"about_on": DAY, "now": NIGHT, **options}
    return services.make_document(series, paper(kind), subject=subject, **options)


@pytest.fixture
def draft(series, staff):
    return made(series, by=staff)


def words(attachment):
    with attachment.file.open("rb") as file:
        document = docx.Document(BytesIO(file.read()))
    return [line.text for line in document.paragraphs if line.text], (
        document.sections[0].header.paragraphs[0].text
    )


def page(document, name="document_detail"):
    return reverse(f"documents:{name}", args=[document.pk])


# --- making --------------------------------------------------------------------------------------


def test_what_is_made_is_a_draft_with_its_mark_and_no_number(draft, staff):
    body, header = words(draft.draft_file)

    assert (draft.state, draft.number, draft.made_by) == (DocumentState.DRAFT, None, staff)
    assert header == "送审稿"
    assert body[1] == "第　　期"
    assert draft.draft_file.name == "8月5日防汛救灾工作情况（送审稿）.docx"


def test_made_twice_it_is_one(series, draft):
    assert made(series) == draft
    assert Document.objects.count() == 1


def test_made_anew_the_former_draft_is_void(series, draft, staff):
    again = made(series, by=staff, replaces=draft)
    twice = made(series, by=staff, replaces=draft)

    draft.refresh_from_db()
    assert again == twice != draft
    assert (draft.state, draft.void_reason) == (DocumentState.VOID, "重新生成")


def test_made_anew_by_two_the_second_is_told(series, draft, staff, duty):
    second = made(series, by=duty, replaces=draft)
    third = made(series, by=staff, replaces=second)

    with pytest.raises(services.DocumentConflictError, match="刚被重新生成"):
        made(series, by=duty, replaces=draft)
    assert list(Document.objects.standing()) == [third]


def test_a_signed_document_is_not_made_anew(series, draft, leader):
    signed = services.sign_document(draft, by=leader, now=MORNING)

    with pytest.raises(services.DocumentConflictError, match="已由工委领导签发"):
        made(series, replaces=signed)


def test_a_number_that_differs_from_the_books_is_not_made(series, books):
    del books[1]

    with pytest.raises(services.FaultyDocumentError, match="所依据的核定数已不存在"):
        made(series)
    assert Document.objects.count() == 0


# --- signing -------------------------------------------------------------------------------------


def test_signing_numbers_the_document_and_takes_the_mark_away(draft, leader):
    signed = services.sign_document(draft, by=leader, now=MORNING)

    body, header = words(signed.signed_file)
    assert (signed.state, signed.number_text, signed.year) == ("signed", "第1期", 2021)
    assert (signed.signed_by, signed.signature_by) == (leader, leader)
    assert header == ""
    assert body[1:3] == ["第1期", "　省直机关工委办公室\t2021年8月6日"]


def test_signing_twice_by_the_same_hand_changes_nothing(draft, leader):
    first = services.sign_document(draft, by=leader, now=MORNING)
    again = services.sign_document(draft, by=leader, now=MORNING + dt.timedelta(seconds=1))

    assert (again.number, again.signed_at, again.signed_file) == (
        first.number,
        MORNING,
        first.signed_file,
    )


def test_signing_what_another_has_signed_is_a_conflict(draft, leader, staff):
    services.sign_document(draft, by=leader, now=MORNING)

    with pytest.raises(services.DocumentConflictError, match="已由工委领导签发"):
        services.sign_document(draft, by=staff, on_behalf_of=leader, now=MORNING)


def test_numbers_of_a_series_and_year_have_no_gap(series, leader, staff):
    documents = [made(series, f"day-{n}") for n in range(4)]
    services.void_document(documents[1], by=staff, reason="不用", now=NIGHT)
    signed = [
        services.sign_document(document, by=leader, now=MORNING)
        for document in (documents[2], documents[0])
    ]
    services.void_document(signed[1], by=leader, reason="内容有误", now=MORNING)
    last = services.sign_document(documents[3], by=leader, now=MORNING)
    next_year = services.sign_document(
        made(series, "new-year"), by=leader, now=moment_on(dt.date(2022, 1, 4), dt.time(9))
    )

    assert [row.number for row in (*signed, last, next_year)] == [1, 2, 3, 1]
    assert (next_year.year, next_year.number) == (2022, 1)


def test_a_report_is_signed_with_its_symbol_and_signer(leader):
    report = made(
        DocumentSeriesFactory(kind=DocumentKind.REPORT, prefix="直工办"), kind=DocumentKind.REPORT
    )

    signed = services.sign_document(report, by=leader, now=MORNING)

    assert signed.number_text == "直工办〔2021〕1号"
    assert words(signed.signed_file)[0][1] == "　直工办〔2021〕1号\t签发人：工委领导"


def test_what_no_longer_agrees_with_the_books_is_not_signed(draft, leader, books):
    books[2] = BOOKS[3]

    with pytest.raises(services.FaultyDocumentError, match="20立方米与核定数15不一致"):
        services.sign_document(draft, by=leader, now=MORNING)
    draft.refresh_from_db()
    assert (draft.state, draft.number) == (DocumentState.DRAFT, None)


def test_a_file_that_was_changed_is_not_signed(draft, leader):
    path = draft.draft_file.file.path
    document = docx.Document(path)
    document.paragraphs[-1].insert_paragraph_before("另行补充。", style="公文正文")
    document.sections[0].left_margin += 100_000
    document.save(path)

    with pytest.raises(services.FaultyDocumentError, match="订口应为28毫米"):
        services.sign_document(draft, by=leader, now=MORNING)


def test_nobody_but_a_leader_stands_under_it(draft, staff, duty):
    with pytest.raises(services.DocumentRefusedError, match="请选择授权代签的工委领导"):
        services.sign_document(draft, by=staff, on_behalf_of=duty, now=MORNING)


def test_a_drill_keeps_its_mark_when_signed(series, leader):
    drill = services.sign_document(made(series, "drill", is_drill=True), by=leader, now=MORNING)

    assert words(drill.draft_file)[1] == "【演练】送审稿"
    assert words(drill.signed_file)[1] == "【演练】"


@pytest.mark.django_db(transaction=True)
def test_two_signatures_at_once_get_two_numbers(series, leader):
    documents = [made(series, f"day-{n}") for n in range(4)]
    numbers, gate = [], threading.Barrier(4)

    def sign(document):
        gate.wait()
        numbers.append(services.sign_document(document, by=leader, now=MORNING).number)
        connection.close()

    threads = [threading.Thread(target=sign, args=[document]) for document in documents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(numbers) == [1, 2, 3, 4]


# --- void ----------------------------------------------------------------------------------------


def test_void_is_said_once_and_with_a_reason(draft, staff, leader):
    with pytest.raises(services.DocumentRefusedError, match="请填写作废原因"):
        services.void_document(draft, by=staff, reason=" ", now=NIGHT)
    services.void_document(draft, by=staff, reason="数据有误", now=NIGHT)
    services.void_document(draft, by=staff, reason="数据有误", now=MORNING)

    draft.refresh_from_db()
    assert (draft.state, draft.voided_at) == (DocumentState.VOID, NIGHT)
    with pytest.raises(services.DocumentConflictError, match="已由他人作废"):
        services.void_document(draft, by=leader, reason="不用", now=MORNING)
    with pytest.raises(services.DocumentConflictError, match="已作废，不能签发"):
        services.sign_document(draft, by=leader, now=MORNING)


# --- pages ---------------------------------------------------------------------------------------


def test_the_page_shows_the_document_its_proof_and_the_steps(draft, leader, staff, duty):
    text = client_for(leader).get(page(draft)).content.decode()

    assert "校对通过：版式符合标准，3 个数字与核定数一致" in text
    assert "在岗下沉党员<span" in text
    assert page(draft, "document_sign") in text
    assert page(draft, "document_sign_for") not in text
    assert page(draft, "document_sign_for") in client_for(staff).get(page(draft)).content.decode()
    seen = client_for(duty).get(page(draft)).content.decode()
    assert page(draft, "document_sign") not in seen
    assert page(draft, "document_void") not in seen


def test_the_page_names_what_the_linter_found(draft, leader, books):
    books[1] = BOOKS[2]

    text = client_for(leader).get(page(draft)).content.decode()

    assert "校对发现 3 处，不能签发" in text
    assert "23418人与核定数12.5不一致" in text
    assert client_for(leader).post(page(draft, "document_sign")).status_code == 422


def test_a_leader_signs_from_the_page_and_the_file_is_the_signed_one(draft, leader):
    client = client_for(leader)

    answers = [client.post(page(draft, "document_sign")) for _ in range(2)]

    file = client.get(page(draft, "document_file"))
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [
        (302, page(draft)),
        (302, page(draft)),
    ]
    body = docx.Document(BytesIO(b"".join(file.streaming_content)))
    assert body.sections[0].header.paragraphs[0].text == ""
    assert "attachment" in file["Content-Disposition"]
    assert file["Content-Type"] == services.DOCX
    assert "第1期" in client.get(page(draft)).content.decode()


def test_the_office_signs_for_a_leader_who_is_named(draft, leader, staff, duty):
    client, address = client_for(staff), page(draft, "document_sign_for")

    refused = client.post(address, {"on_behalf_of": duty.pk})
    done = client.post(address, {"on_behalf_of": leader.pk})

    draft.refresh_from_db()
    assert (refused.status_code, done.status_code) == (422, 302)
    assert (draft.signed_by, draft.signature_by, draft.is_signed_on_behalf) == (
        leader,
        staff,
        True,
    )
    assert "工委工作人员代工委领导" in client.get(page(draft)).content.decode()
    assert client_for(leader).post(page(draft, "document_sign")).status_code == 409


def test_a_document_is_declared_void_from_its_page(draft, staff):
    client, address = client_for(staff), page(draft, "document_void")

    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "数据有误"}).status_code == 302
    text = client.get(page(draft)).content.decode()
    assert "本件已作废：数据有误" in text
    assert page(draft, "document_sign_for") not in text


def test_the_printed_sheet_carries_the_mark(draft, staff):
    text = client_for(staff).get(page(draft, "document_print")).content.decode()

    assert '<p class="gw-state">送审稿</p>' in text
    assert "截至8月5日17时" in text


@pytest.mark.parametrize("name", ["liaison", "reporter", "unit_leader", "city", "editor"])
def test_documents_are_the_offices_own(draft, request, name):
    client = client_for(request.getfixturevalue(name))

    for address in (
        reverse("documents:document_list"),
        page(draft),
        page(draft, "document_file"),
        page(draft, "document_print"),
    ):
        assert client.get(address).status_code == 403
    assert client.post(page(draft, "document_sign")).status_code == 403


@pytest.mark.parametrize("name", ["staff", "duty"])
def test_only_a_leader_signs_with_one_press(draft, request, name):
    client = client_for(request.getfixturevalue(name))

    assert client.post(page(draft, "document_sign")).status_code == 403
    draft.refresh_from_db()
    assert draft.state == DocumentState.DRAFT


def test_the_list_takes_as_many_statements_for_three_as_for_one(staff):
    client, address = client_for(staff), reverse("documents:document_list")
    DocumentFactory()
    one = statements(client, address)
    DocumentFactory.create_batch(2)

    assert statements(client, address) == one
    assert client.get(address, {"state": "draft", "q": "防汛"}).status_code == 200


def test_a_draft_waits_for_the_leader_on_the_home_page(draft, leader, staff):
    assert "简报《8月5日防汛救灾工作情况》待签发" in client_for(leader).get("/").content.decode()
    services.sign_document(draft, by=leader, now=MORNING)
    assert "待签发" not in client_for(leader).get("/").content.decode()


def test_the_list_leaves_void_ones_to_the_filter(draft, series, staff):
    other = made(series, "other", is_drill=True)
    services.void_document(draft, by=staff, reason="不用", now=NIGHT)
    client, address = client_for(staff), reverse("documents:document_list")

    standing = client.get(address).content.decode()
    void = client.get(address, {"state": "void"}).content.decode()

    assert (page(draft) in standing, page(other) in standing) == (False, True)
    assert (page(draft) in void, page(other) in void) == (True, False)
    assert "【演练】8月5日防汛救灾工作情况" in standing
