"""`manage.py dbshell`: with the embedded psql, on services that are up."""

from collections.abc import Iterable
from pathlib import Path

from django.db.backends.postgresql import client

from config.embedded import services
from config.embedded.places import Places
from config.embedded.programs import programs_of


class DatabaseClient(client.DatabaseClient):
    def runshell(self, parameters: Iterable[str]) -> None:
        settings = self.connection.settings_dict
        if settings.get("EMBEDDED"):
            places = Places.of(Path(settings["HOME"]))
            services.hold(places)
            self.executable_name = str(programs_of(places).bin / "psql")
        super().runshell(list(parameters))
