import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.publicity.bodies import clean_body, shown_body, typed_body

# Pieces in which a cleaner may lose its way.
PIECES = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<h3>",
        "</h3>",
        "<strong>",
        "</strong>",
        "<em>",
        "</em>",
        "<br>",
        "<script>",
        "</script>",
        "<style>",
        "<svg>",
        "<math>",
        "<div>",
        "</div>",
        "<li>",
        "<td>",
        "<textarea>",
        "<!--",
        "-->",
        "&lt;",
        "&amp;",
        "&nbsp;",
        "&#60;",
        "&",
        "<",
        ">",
        "lt;",
        "党",
        "a",
        "\n",
        "\r\n",
        " ",
        "\u3000",
        "<p onclick=x>",
        "<img src=x onerror=y>",
    ]
)
typed = st.lists(PIECES, max_size=9).map("".join)


# On a busy machine the first draw alone may take two seconds.
@given(typed)
def test_cleaning_twice_changes_nothing(text):
    once = clean_body(text)

    assert clean_body(once) == once


@given(typed)
def test_what_is_stored_comes_back_from_the_box_letter_by_letter(text):
    stored = clean_body(text)

    assert clean_body(typed_body(stored)) == stored


@given(typed)
def test_four_tags_without_attributes_are_all_that_is_left(text):
    tags = re.findall(r"<[^>]*>", clean_body(text))

    assert {tag.strip("</>") for tag in tags} <= {"p", "h3", "strong", "em"}


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("　　第一段\n\n第二段", "<p>第一段</p>\n<p>第二段</p>"),
        ("<script>alert(1)</script>正文", "<p>正文</p>"),
        ('<a href="//x" onclick=y>链接</a>', "<p>链接</p>"),
        ("甲<br>乙", "<p>甲</p>\n<p>乙</p>"),
        ("5 < 6 & 7", "<p>5 &lt; 6 &amp; 7</p>"),
        ("<h3>一、经过</h3>经过如下", "<h3>一、经过</h3>\n<p>经过如下</p>"),
        (" \n\u3000\n<em> </em>", ""),
    ],
)
def test_lines_become_clean_paragraphs(text, stored):
    assert clean_body(text) == stored


def test_a_row_that_came_past_the_form_is_harmless_when_shown():
    shown = shown_body("<p style=x onclick=y>正文</p><script>alert(1)</script><iframe src=z>")

    assert shown == "<p>正文</p>"
