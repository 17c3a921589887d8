"""The rules of the house that no reviewer has to remember."""

import ast
import io
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.admin import AdminSite
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from apps.core.permissions import AUTHENTICATED, PUBLIC
from apps.units.permissions import grants

HERE = Path(__file__).resolve()
ROOT = HERE.parent.parent

# From the lowest; apps of one line are strangers to each other.
LAYERS = (
    {"core"},
    {"accounts"},
    {"messaging", "jobs"},
    {"office"},
    {"communities"},
    {"units"},
    {"campaigns"},
    {"figures"},
    {"directives"},
    {"supplies"},
    {"deployments", "assistance", "readiness"},
    {"publicity", "surveys"},
    {"daily"},
    {"dashboard"},
)


def level(app):
    return next(height for height, row in enumerate(LAYERS) if app in row)


def ours():
    return [config for config in apps.get_app_configs() if config.name.startswith("apps.")]


def tool(*arguments):
    return python("-m", *arguments)


def python(*arguments):
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.returncode, (done.stdout + done.stderr)[-4000:]


# --- layers -------------------------------------------------------------------------------------


def test_every_app_has_its_place_among_the_layers():
    assert {config.label for config in ours()} <= set().union(*LAYERS)


def test_imports_point_downwards():
    # The module does nothing when run by -m; its console command is this function.
    command = "from importlinter.cli import lint_imports_command as lint; lint(['--no-cache'])"

    code, said = python("-c", command)

    assert code == 0, said
    assert "0 broken" in said


def relations():
    for config in ours():
        for model in config.get_models(include_auto_created=True):
            for field in model._meta.get_fields(include_hidden=True):
                if field.is_relation and not field.auto_created and field.related_model:
                    yield model, field, field.related_model


def test_foreign_keys_point_downwards():
    upward = [
        f"{model._meta.label}.{field.name} → {target._meta.label}"
        for model, field, target in relations()
        if target.__module__.startswith("apps.")
        and target._meta.app_label != model._meta.app_label
        and level(target._meta.app_label) >= level(model._meta.app_label)
    ]

    assert upward == []
    assert len(list(relations())) > 50


def test_foreign_keys_have_no_generic_way_round_the_layers():
    generic = [
        field
        for config in ours()
        for model in config.get_models()
        for field in model._meta.private_fields
    ]

    assert generic == []


# --- doors --------------------------------------------------------------------------------------


def views(patterns=None, prefix="") -> Iterator[tuple[str, object]]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from views(pattern.url_patterns, address)
        elif isinstance(pattern, URLPattern):
            yield address, pattern.callback


def is_of_admin(view) -> bool:
    """Django's admin asks its own has_permission and those of each model, which our grants answer."""
    return isinstance(getattr(view, "admin_site", None), AdminSite) or hasattr(view, "model_admin")


def test_every_view_declares_who_may_come_in():
    undeclared = [
        address
        for address, view in views()
        if not is_of_admin(view) and not getattr(view, "permission", "")
    ]

    # Django's own log-in of the admin is never reached: ours stands before it at the same address.
    assert undeclared == ["admin/login/"]
    assert resolve("/admin/login/").func.permission == AUTHENTICATED
    assert len(list(views())) > 60


def test_every_permission_a_view_declares_is_granted_to_somebody():
    declared = set()
    for _address, view in views():
        names = getattr(view, "permission", ())
        declared |= {names} if isinstance(names, str) else set(names)

    assert declared - {PUBLIC, AUTHENTICATED} - set(grants()) == set()


def test_few_doors_are_open_to_strangers():
    public = {address for address, view in views() if getattr(view, "permission", "") == PUBLIC}

    assert public == {"login/", "logout/", "healthz", "q/<str:token>/"}


def test_every_granted_permission_names_an_app_and_goes_to_a_role():
    labels = {config.label for config in ours()}

    assert {name for name in grants() if name.split(".")[0] not in labels} == set()
    assert {name for name, roles in grants().items() if not roles} == set()


# --- tools --------------------------------------------------------------------------------------


def test_models_need_no_migration(db):
    said = io.StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=said, verbosity=1)
    except SystemExit:
        pytest.fail(said.getvalue())


def test_the_database_has_what_the_models_say(db):
    """`makemigrations` compares models with migrations, not with what those have made."""
    missing = []
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            found = connection.introspection.get_constraints(cursor, table)
            columns = connection.introspection.get_table_description(cursor, table)
            has = {*found, *(column.name for column in columns)}
            wants = {field.column for field in model._meta.concrete_fields}
            wants |= {one.name for one in (*model._meta.constraints, *model._meta.indexes)}
            missing += [f"{table}: {name}" for name in sorted(wants - has)]

    assert missing == []


def test_code_is_in_style():
    code, said = tool("ruff", "check", "--no-cache", ".")

    assert code == 0, said


def test_code_is_laid_out():
    code, said = tool("ruff", "format", "--check", "--no-cache", ".")

    assert code == 0, said


def test_types_hold():
    code, said = tool("mypy", "--no-color-output")

    assert code == 0, said


def test_portal_has_no_complaint_about_itself(db):
    call_command("check", fail_level="WARNING")


# --- code ---------------------------------------------------------------------------------------


def sources(*folders, suffix=".py"):
    found = (path for folder in folders for path in (ROOT / folder).rglob(f"*{suffix}"))
    return sorted(path for path in found if "migrations" not in path.parts)


def named(path):
    return str(path.relative_to(ROOT))


def test_nothing_is_put_off():
    marks = re.compile(r"\b(?:TODO|FIXME|XXX)\b")
    put_off = [
        named(path)
        for path in [*sources("apps", "config", "tests"), *sources("templates", suffix="")]
        if path.is_file() and path != HERE and marks.search(path.read_text())
    ]

    assert put_off == []


def rooms(*names):
    """Files of services and selectors, packages included."""
    for path in sources("apps"):
        if any(path.stem == name or name in path.parts for name in names):
            yield path


def public_functions(path):
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node


def test_public_services_say_what_they_promise():
    silent = [
        f"{named(path)}: {node.name}"
        for path in rooms("services")
        for node in public_functions(path)
        if not ast.get_docstring(node)
    ]

    assert silent == []


def test_modules_of_services_and_selectors_say_what_they_are_for():
    silent = [
        named(path)
        for path in rooms("services", "selectors")
        if path.name != "__init__.py" and not ast.get_docstring(ast.parse(path.read_text()))
    ]

    assert silent == []


def test_services_take_what_follows_the_subject_by_name():
    loose = [
        f"{named(path)}: {node.name}"
        for path in rooms("services")
        for node in public_functions(path)
        if len(node.args.args) > 3
    ]

    assert loose == []


def test_nothing_below_a_door_asks_for_the_time():
    asking = re.compile(r"\b(?:timezone\.now|datetime\.now|date\.today|business_day)\(\)")
    trails = {"apps/accounts/services.py"}  # an event of access is now, whoever calls
    found = [
        named(path)
        for path in rooms("services")
        if asking.search(path.read_text()) and named(path) not in trails
    ]

    assert found == []


def test_nobody_imports_the_celery_app():
    importing = [named(path) for path in sources("apps") if "config.celery" in path.read_text()]

    assert importing == []


def test_files_stay_small():
    long = [
        f"{named(path)} {count}"
        for path in sources("apps", "config")
        if (count := len(path.read_text().splitlines())) > 400
    ]

    assert long == []


@pytest.mark.parametrize("config", ours(), ids=lambda config: config.label)
def test_app_has_a_readme_of_sixty_lines_at_most(config):
    readme = Path(config.path) / "README.md"

    assert readme.is_file()
    assert len(readme.read_text().splitlines()) <= (80 if config.label == "core" else 60)


# --- pages --------------------------------------------------------------------------------------


def templates():
    """Pages a browser shows; mails carry their style inline, as mail programs ask."""
    return [
        path
        for path in (ROOT / "templates").rglob("*.html")
        if "emails" not in path.relative_to(ROOT / "templates").parts
    ]


INLINE = re.compile(
    r"<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:|<script(?![^>]*\bsrc=)[^>]*>",
    re.IGNORECASE,
)


def test_pages_carry_no_inline_style_or_script():
    inline = [
        f"{named(path)}: {found.group()}"
        for path in templates()
        if (found := INLINE.search(path.read_text()))
    ]

    assert inline == []
    assert len(templates()) > 40


# Names of vocabularies, which no browser fetches.
VOCABULARIES = ("http://www.w3.org/", "https://www.w3.org/")
ELSEWHERE = re.compile(r"(?:https?:)?//[a-z0-9-]+(?:\.[a-z0-9-]+)+[^\s\"')<]*", re.IGNORECASE)


def test_pages_and_assets_load_nothing_from_outside():
    files = [*templates(), *sources("static", suffix=".css"), *sources("static", suffix=".js")]
    outside = [
        f"{named(path)}: {address}"
        for path in files
        for address in ELSEWHERE.findall(path.read_text())
        if not address.startswith(VOCABULARIES)
    ]

    assert outside == []


STATIC = re.compile(r"{%\s*static\s+[\"']([^\"']+)[\"']")


def test_every_asset_a_page_names_is_there():
    missing = [
        f"{named(path)}: {name}"
        for path in templates()
        for name in STATIC.findall(path.read_text())
        if finders.find(name) is None
    ]

    assert missing == []


def test_forms_that_post_carry_their_token():
    bare = [
        named(path)
        for path in templates()
        for form in re.findall(r"<form\b.*?</form>", path.read_text(), re.DOTALL)
        if re.search(r"method=[\"']post", form, re.IGNORECASE) and "csrf_token" not in form
    ]

    assert bare == []


# --- the repository speaks of the product alone ---------------------------------------------------

TEXTS = {".py", ".md", ".toml", ".html", ".css", ".js", ".json", ".txt", ".in", ""}
MACHINE = re.compile(r"(?<![\w.])/(?:work|root|home)/[\w.-]+")


def test_no_file_names_a_place_on_somebodys_machine():
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False
    ).stdout
    names = [name for name in listed.decode().split("\0") if name]
    telling = []
    for name in names:
        path = ROOT / name
        if path == HERE or path.suffix not in TEXTS or not path.is_file():
            continue
        if MACHINE.search(path.read_text()):
            telling.append(name)

    assert telling == []
