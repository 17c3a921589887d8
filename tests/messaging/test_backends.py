from email import message_from_bytes, policy

import pytest
from django.core.mail import EmailMessage

from apps.messaging.backends import write_once
from apps.messaging.services import deliver
from tests.factories import OutboxMessageFactory

from .letters import NOW, queue_some

EML = "apps.messaging.backends.EmlBackend"


@pytest.fixture
def mail_dir(settings, tmp_path):
    settings.EMAIL_BACKEND = EML
    settings.MAIL_DIR = tmp_path / "mail"
    return settings.MAIL_DIR


@pytest.mark.django_db
def test_eml_backend_writes_a_file_per_mail(mail_dir):
    queue_some(2)

    deliver(now=NOW)

    files = sorted(mail_dir.iterdir())
    to = [message_from_bytes(f.read_bytes(), policy=policy.default)["To"] for f in files]
    assert {one.addresses[0].addr_spec for one in to} == {
        "desk1@example.invalid",
        "desk2@example.invalid",
    }
    assert all(file.suffix == ".eml" for file in files)


@pytest.mark.django_db
def test_eml_backend_gives_a_copy_a_file_of_its_own(mail_dir):
    row = OutboxMessageFactory(message_id="<one@frontline.invalid>")

    deliver(now=NOW)
    type(row).objects.update(state="queued", claimed_until=None)
    deliver(now=NOW)

    names = sorted(file.name for file in mail_dir.iterdir())
    assert names == ["one_frontline.invalid-2.eml", "one_frontline.invalid.eml"]
    first, second = (file.read_bytes() for file in sorted(mail_dir.iterdir()))
    assert first == second


def test_eml_backend_takes_mails_of_django_too(mail_dir):
    EmailMessage("重设口令", "正文", to=["a@example.invalid"]).send()

    [file] = mail_dir.iterdir()
    assert message_from_bytes(file.read_bytes(), policy=policy.default)["Subject"] == "重设口令"


def test_write_once_leaves_no_draft_behind(tmp_path):
    write_once(tmp_path, "a", b"1")
    write_once(tmp_path, "a", b"2")

    assert {f.name: f.read_bytes() for f in tmp_path.iterdir()} == {"a.eml": b"1", "a-2.eml": b"2"}
