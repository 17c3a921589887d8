"""Data stewards' pages: every model, in scope, without a phone in clear."""

import re

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import transaction
from django.urls import reverse

from apps.accounts.models import AuditEntry, SavedFilter, User
from apps.campaigns.enums import Hour
from apps.campaigns.models import Campaign, PolicyHour
from apps.communities.models import Community
from apps.core.admin import FactAdmin, ScopedAdmin
from apps.core.audit_context import acting
from apps.daily.models import DigestSubscription
from apps.messaging.models import InboxMessage
from apps.units.models import Member, Posting, Unit
from tests import factories
from tests.cast import client_for
from tests.counting import statements
from tests.factories import (
    AreaStatusFactory,
    CommunityFactory,
    MeasureFactory,
    MemberFactory,
    MemberRegistrationFactory,
    UnitFactory,
)

# A message belongs to its reader alone, a kept filter to who kept it.
NOT_IN_ADMIN = {InboxMessage, SavedFilter}
# A person's own choice: the steward may switch it, not make it.
ADDED_ELSEWHERE = {DigestSubscription}
MODELS = [
    model
    for model in apps.get_models()
    if model.__module__.startswith("apps.") and model not in NOT_IN_ADMIN
]
OURS = [model for model in MODELS if model in admin.site._registry]


def page(model, name, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def make(model):
    if model is AuditEntry:  # only the database itself may write one
        UnitFactory()
        return AuditEntry.objects.latest("id")
    return getattr(factories, f"{model.__name__}Factory")()


def may(user, model, action):
    return user.has_perm(f"{model._meta.app_label}.{action}_{model._meta.model_name}")


def heads(listing):
    """The headings of the list's columns; a method without a name of its own has an English one."""
    found = re.findall(r'<th scope="col".*?</th>', listing.text, re.DOTALL)
    return [re.sub(r"<.*?>", "", head, flags=re.DOTALL).strip() for head in found]


def test_every_model_is_registered_on_the_common_base():
    assert [model.__name__ for model in MODELS if model not in OURS] == []
    assert all(isinstance(admin.site._registry[model], ScopedAdmin) for model in OURS)


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_pages_open_for_whoever_may_see_them(
    model, steward, security_admin, auditor, system_admin, monkeypatch, db
):
    # The list of all models beside each page is the same on each.
    monkeypatch.setattr(admin.site, "enable_nav_sidebar", False)
    row = make(model)
    seers = [u for u in (steward, security_admin, auditor, system_admin) if may(u, model, "view")]

    assert seers, f"nobody may see {model.__name__}"
    for user in seers:
        client = client_for(user)
        assert client.get(page(model, "changelist"), {"q": "王"}).status_code == 200
        assert client.get(page(model, "change", row.pk)).status_code == 200
        adds = may(user, model, "add") and model not in ADDED_ELSEWHERE
        assert client.get(page(model, "add")).status_code == (200 if adds else 403)

    client, url = client_for(seers[0]), page(model, "changelist")
    assert [head for head in heads(client.get(url)) if re.fullmatch(r"[A-Z][a-z ]+", head)] == []
    one = statements(client, url)
    make(model)
    make(model)
    assert statements(client, url) == one


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_nothing_is_removed_and_no_fact_written_even_with_a_grant(model, steward, monkeypatch, db):
    row = make(model)
    monkeypatch.setattr(User, "has_perm", lambda *_: True)
    client = client_for(steward)

    assert client.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert model._default_manager.filter(pk=row.pk).exists()
    if isinstance(admin.site._registry[model], FactAdmin):
        assert client.post(page(model, "change", row.pk), {}).status_code == 403
        assert client.get(page(model, "add")).status_code == 403


def test_whoever_is_let_in_sees_rows_and_choices_of_their_scope(
    reporter, unit, foreign_unit, monkeypatch
):
    """Nobody with a narrow scope enters today; the day one does, the pages hold."""
    monkeypatch.setattr(User, "has_perm", lambda *_: True)
    client = client_for(reporter)
    asked = {"app_label": "units", "model_name": "membership", "field_name": "unit", "term": "示例"}

    body = client.get(page(type(unit), "changelist")).content.decode()
    found = client.get("/admin/autocomplete/", asked).json()
    choices = client.get(page(Posting, "add")).context["adminform"].form.fields["unit"].queryset

    assert "示例甲" in body
    assert "示例乙" not in body
    assert client.get(page(type(unit), "change", foreign_unit.pk)).status_code == 302
    assert [row["text"] for row in found["results"]] == ["示例甲"]
    assert list(choices) == [unit]


def test_admin_is_closed_to_the_office_and_the_units(staff, reporter, outsider):
    for user in (staff, reporter, outsider):
        assert client_for(user).get("/admin/").status_code == 302


def test_phones_are_masked_for_stewards_and_may_be_replaced(steward):
    person = MemberFactory(name="王芳", phone="13900001234")
    client, url = client_for(steward), page(Member, "change", person.pk)

    bodies = [client.get(page(Member, "changelist")), client.get(url)]
    assert all("139****1234" in one.content.decode() for one in bodies)
    assert all("13900001234" not in one.content.decode() for one in bodies)

    form = {"name": "王芳", "member_no": person.member_no, "kind": "member"}
    inline = {f"memberships-{name}_FORMS": 0 for name in ("TOTAL", "INITIAL")}
    response = client.post(url, {**form, **inline, "new_phone": "13900005678"})

    assert response.status_code == 302
    person.refresh_from_db()
    assert person.phone == "13900005678"


def test_member_search_goes_by_the_characters_of_the_name(steward):
    MemberFactory(name="王小芳")
    MemberFactory(name="李强")

    body = client_for(steward).get(page(Member, "changelist"), {"q": "小芳"}).content.decode()

    assert "王小芳" in body
    assert "李强" not in body


def test_a_choice_is_searched_in_scope_and_by_who_may_see_it(steward, security_admin):
    UnitFactory(short_name="示例甲")
    asked = {"app_label": "units", "model_name": "membership", "field_name": "unit", "term": "例甲"}

    found = client_for(steward).get("/admin/autocomplete/", asked).json()

    assert [row["text"] for row in found["results"]] == ["示例甲"]
    assert client_for(security_admin).get("/admin/autocomplete/", asked).status_code == 403


def test_an_overlap_is_told_in_a_sentence(steward):
    first = AreaStatusFactory()
    form = {
        "community": first.community_id,
        "measure": MeasureFactory(kind=first.kind).pk,
        "starts_at_0": "2099-01-01",
        "starts_at_1": "08:00",
        "basis": "通告",
    }

    response = client_for(steward).post(page(type(first), "add"), form)

    assert response.status_code == 200
    assert "请先填写这一条的解除时间" in response.content.decode()


def test_an_overlap_told_apart_by_what_no_form_offers_is_told_too(steward):
    first = MemberRegistrationFactory()
    form = {
        "member": first.member_id,
        "community": CommunityFactory().pk,
        "starts_on": first.starts_on.isoformat(),
    }

    response = client_for(steward).post(page(type(first), "add"), form)

    assert response.status_code == 200
    assert "该党员这段时间已向另一社区报到" in response.text


def test_what_another_saved_meanwhile_is_refused_in_a_sentence(steward, monkeypatch):
    first, add = CommunityFactory(), page(Community, "add")
    form = {"code": "X1", "name": first.name, "street": first.street_id, "sort_key": 1}
    # As if the other one were stored between the checks of the form and its saving.
    monkeypatch.setattr(Community, "validate_constraints", lambda *_args, **_more: None)

    response = client_for(steward).post(add, form, follow=True)

    assert response.redirect_chain == [(add, 302)]
    told = [str(said) for said in response.context["messages"]]
    assert told == ["该街道已有同名社区，请核对名称。"]


def test_the_security_admin_posts_people_with_a_place(security_admin, unit):
    user = factories.UserFactory()
    form = {"user": user.pk, "role": "reporter", "unit": unit.pk, "starts_on": "2021-08-05"}

    response = client_for(security_admin).post(page(Posting, "add"), form)

    assert response.status_code == 302
    assert Posting.objects.filter(user=user).get().unit == unit


def test_a_posting_without_the_place_its_role_asks_for_is_told(security_admin):
    form = {"user": factories.UserFactory().pk, "role": "reporter", "starts_on": "2021-08-05"}

    response = client_for(security_admin).post(page(Posting, "add"), form)

    assert "单位角色须选单位" in response.content.decode()


def test_a_new_user_gets_a_password_that_must_be_changed(security_admin):
    form = {
        "username": "chen",
        "name": "陈静",
        "new_password": "long-enough-7361",
        "is_active": "on",
    }
    client = client_for(security_admin)

    assert client.post(page(User, "add"), {**form, "new_password": ""}).status_code == 200
    assert client.post(page(User, "add"), form).status_code == 302

    made = User.objects.get(username="chen")
    assert made.check_password("long-enough-7361")
    assert made.must_change_password
    assert "argon2" not in client.get(page(User, "change", made.pk)).content.decode()


def fields_of(client, url):
    """What the browser would send back of a page of admin, untouched."""
    page = client.get(url)
    forms = [page.context["adminform"].form]
    for inline in page.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    boxes = (form[name] for form in forms for name in form.fields)
    sent = {}
    for box in boxes:
        shown = box.value()
        if hasattr(box.field.widget, "widgets"):
            parts = box.field.widget.decompress(shown)
            sent |= {f"{box.html_name}_{n}": str(part or "") for n, part in enumerate(parts)}
        elif shown is not None and shown is not False:
            sent[box.html_name] = shown
    names = set(re.findall(r' name="([^"]+)"', page.content.decode()))
    return {name: value for name, value in sent.items() if name in names}


def test_stewards_do_not_overwrite_what_they_have_not_seen(steward):
    campaign = factories.CampaignFactory(name="2021年防汛救灾")
    hour = PolicyHour.objects.create(campaign=campaign, hour=Hour.LOCK, at="19:00")
    client, url = client_for(steward), page(Campaign, "change", campaign.pk)
    first, second = fields_of(client, url), fields_of(client, url)
    at = next(name for name in first if name.endswith("-at"))
    assert client.post(url, {**first, "counterpart": "甲", at: "20:00"}).status_code == 302

    refused = client.post(url, {**second, "counterpart": "乙"}).content.decode()

    assert "对接单位：您填写的是“乙”，现已保存的是“甲”" in refused
    assert "时间：您填写的是“19:00”，现已保存的是“20:00”" in refused
    hour.refresh_from_db()
    campaign.refresh_from_db()
    assert (campaign.counterpart, f"{hour.at:%H:%M}") == ("甲", "20:00")
    third = {**fields_of(client, url), "counterpart": "乙"}
    assert client.post(url, third).status_code == 302
    campaign.refresh_from_db()
    assert campaign.counterpart == "乙"


def test_a_steward_adds_a_community_found_by_its_street(steward):
    street = CommunityFactory().street
    form = {"name": "城东路社区", "code": "C9", "street": street.pk, "sort_key": 9}

    response = client_for(steward).post(page(type(CommunityFactory()), "add"), form)

    assert response.status_code == 302
    assert street.community_set.filter(name="城东路社区").exists()


def test_history_tells_what_happened_by_whatever_door(steward, staff, unit):
    unit.duty_phone = "0371-00000001"
    with transaction.atomic(), acting(staff.username):
        unit.save(update_fields=["duty_phone"])

    history = client_for(steward).get(page(Unit, "history", unit.pk)).content.decode()

    assert f"<td>{staff.name}</td>" in history
    assert "值班电话" in history
    assert "0371-00000001" in history


def test_history_of_a_person_tells_no_phone(steward, unit):
    member = MemberFactory(unit=unit, phone="13800001111")
    member.phone = "13800002222"
    member.save()

    history = client_for(steward).get(page(Member, "history", member.pk)).content.decode()

    assert "13800002222" not in history
    assert member.phone_sealed not in history


def test_pages_carry_no_inline_script_or_style(steward, unit):
    client = client_for(steward)
    pages = ["/admin/", page(type(unit), "changelist"), page(type(unit), "change", unit.pk)]

    for url in pages:
        body = client.get(url).content.decode()
        assert not re.findall(
            r"<style|<script(?![^>]*\b(?:src=|type=\"application/json\"))", body
        ), url
        assert not re.findall(r"\son\w+=\"|\sstyle=\"", body), url


def test_the_words_of_the_site_are_chinese(steward):
    """Those its catalogue lacks, too: heads and pictures that are read out, titles with errors."""
    client = client_for(steward)
    UnitFactory()
    pages = [client.get(reverse("admin:index")), client.get(page(Unit, "changelist"))]
    pages.append(client.post(page(Unit, "add"), {}))

    text = "".join(answer.content.decode() for answer in pages)

    for word in ("Model name", "Add link", "list link", 'alt="Search"', "Error", 'alt="True"'):
        assert word not in text
    assert "<title>有误：" in text
