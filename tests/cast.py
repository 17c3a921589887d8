"""The standing cast: who everybody's tests are about.

The reporter and the unit leader are of `unit`, which belongs to `group` (number 3), as the liaison
does; `foreign_unit` belongs to `foreign_group`, of whom the cast knows nobody. The outsider is
signed in and holds no posting.
"""

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from apps.accounts.models import User
from apps.units.enums import Role

from .factories import LiaisonGroupFactory, PostingFactory, UnitFactory, UserFactory


def client_for(user: User) -> Client:
    """A browser in which `user` is signed in.

    By a session alone: most tests are not about signing in, of which the portal makes more.
    """
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "apps.units.backends.PostingBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client


def posted(role: Role, **place: object) -> User:
    """A new user who holds `role`, named after it; `unit` or `group` where the role asks."""
    user = UserFactory(username=str(role), name=Role(role).label[:40])
    PostingFactory(user=user, role=role, **place)
    return user


@pytest.fixture
def group(db):
    return LiaisonGroupFactory(number=3)


@pytest.fixture
def foreign_group(db):
    return LiaisonGroupFactory(number=4)


@pytest.fixture
def unit(group):
    return UnitFactory(code="U901", name="示例单位甲", short_name="示例甲", group=group)


@pytest.fixture
def foreign_unit(foreign_group):
    return UnitFactory(code="U902", name="示例单位乙", short_name="示例乙", group=foreign_group)


@pytest.fixture
def leader(db):
    return posted(Role.LEADER)


@pytest.fixture
def staff(db):
    return posted(Role.STAFF)


@pytest.fixture
def duty(db):
    return posted(Role.DUTY)


@pytest.fixture
def liaison(group):
    return posted(Role.LIAISON, group=group)


@pytest.fixture
def reporter(unit):
    return posted(Role.REPORTER, unit=unit)


@pytest.fixture
def unit_leader(unit):
    return posted(Role.UNIT_LEADER, unit=unit)


@pytest.fixture
def caseworker(db):
    return posted(Role.CASEWORKER)


@pytest.fixture
def editor(db):
    return posted(Role.EDITOR)


@pytest.fixture
def steward(db):
    return posted(Role.STEWARD)


@pytest.fixture
def city(db):
    return posted(Role.CITY)


@pytest.fixture
def auditor(db):
    return posted(Role.AUDITOR)


@pytest.fixture
def security_admin(db):
    return posted(Role.SECURITY_ADMIN)


@pytest.fixture
def system_admin(db):
    return posted(Role.SYSTEM_ADMIN)


@pytest.fixture
def outsider(db):
    return UserFactory(username="outsider", name="无任职者")
