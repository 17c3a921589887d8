import pytest

from apps.messaging.services import render


@pytest.fixture
def greeting(settings, tmp_path):
    folder = tmp_path / "emails" / "greeting"
    folder.mkdir(parents=True)
    (folder / "subject.txt").write_text("{{ unit }}：\n 请报送 ")
    (folder / "body.txt").write_text("\n{{ unit }}，{{ platform_name }}\n")
    (folder / "body.html").write_text(
        "<html><head><style>p { color: red }</style></head><body><p>{{ unit }}</p></body></html>"
    )
    engine = {**settings.TEMPLATES[0], "DIRS": [tmp_path]}
    settings.TEMPLATES = [engine]


def test_render_gives_one_line_plain_text_and_inlined_html(greeting, settings):
    settings.PLATFORM_NAME = "示例平台"

    subject, text, html = render("greeting", {"unit": "甲&乙"})

    assert subject == "甲&乙： 请报送"
    assert text == "甲&乙，示例平台\n"
    assert '<p style="color: red;">甲&amp;乙</p>' in html
    assert "<style" not in html
