"""The suite's own alarms ring."""

import logging

import pytest
from django.template import Context, Template
from django.template.base import Origin

from tests.strictness import ROOT, ErrorCollector, UnknownVariableError


def template(text, folder):
    return Template(text, origin=Origin(str(folder / "page.html"), "page.html"))


@pytest.mark.parametrize("text", ["{{ nobody }}", "{{ nobody|default:'x' }}", "{{ a.b.c }}"])
def test_unknown_variable_in_our_template_fails(text):
    with pytest.raises(UnknownVariableError, match=r"templates/page\.html"):
        template(text, ROOT / "templates").render(Context())


def test_asking_whether_a_variable_is_there_does_not_fail():
    text = "{% if nobody %}1{% endif %}{% for x in nobody %}2{% endfor %}{{ some }}"

    assert template(text, ROOT / "templates").render(Context({"some": 3})) == "3"


def test_templates_of_other_packages_keep_djangos_rule(tmp_path):
    assert template("[{{ nobody }}]", tmp_path).render(Context()) == "[]"


def test_logged_error_is_collected():
    collector = ErrorCollector()

    collector.handle(logging.makeLogRecord({"name": "a", "msg": "no", "levelno": logging.ERROR}))

    assert collector.sentences == ["a: no"]


@pytest.mark.logs_errors
def test_expected_error_may_be_logged():
    logging.getLogger("apps").error("expected")
