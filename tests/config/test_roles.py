import pytest

from config.roles import is_offline_command, is_owner_command


@pytest.mark.parametrize(
    ("line", "owner", "offline"),
    [
        ("manage.py", False, True),
        ("manage.py --help", False, True),
        ("manage.py migrate", True, False),
        ("manage.py migrate --help", True, True),
        ("manage.py load_reference --scale small", True, False),
        ("manage.py makemigrations units", False, True),
        ("manage.py facts --json", False, False),
        ("manage.py shell", False, False),
    ],
)
def test_command_line_decides_role_and_services(line, owner, offline):
    argv = line.split()

    assert (is_owner_command(argv), is_offline_command(argv)) == (owner, offline)
