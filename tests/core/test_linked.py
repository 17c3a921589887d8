"""Sentences whose numbers open their rows."""

from apps.core.linked import END, OPEN, URL, drawn, linked, plain


def test_a_sentence_is_read_without_its_addresses_and_drawn_with_them():
    text = f"在岗{linked('12人', '/figures/?a=1&b=2')}，<b>未报</b>{linked('1家', '')}。"

    assert plain(text) == "在岗12人，<b>未报</b>1家。"
    assert drawn(text, "https://portal.example") == (
        '在岗<a class="rows" href="https://portal.example/figures/?a=1&amp;b=2">12人</a>'
        "，&lt;b&gt;未报&lt;/b&gt;1家。"
    )


def test_nothing_leads_out_of_the_portal():
    for url in ("//elsewhere.example/", "https://elsewhere.example/", "javascript:alert(1)"):
        assert "<a" not in drawn(f"{OPEN}x{URL}{url}{END}")
