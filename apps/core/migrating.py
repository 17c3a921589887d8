"""Laying the tables of a whole app at once."""

from collections.abc import Sequence

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class CreateTables(Operation):
    """New models and what completes them, in the form `makemigrations` writes.

    Taken one by one, each operation has Django draw anew every model that its own is related to,
    which in our web of tables is nearly all of them. Here they are drawn once, when complete; so
    fields, indexes and constraints may be added only to models that this operation creates.
    """

    def __init__(self, operations: Sequence[Operation]) -> None:
        """Raises ValueError when something is added to a model that is not created here."""
        self.operations = operations
        created = {creation.name_lower for creation in self._creations()}
        for operation in operations:
            added_to = getattr(operation, "model_name_lower", None)
            if not isinstance(operation, CreateModel) and added_to not in created:
                raise ValueError(f"{operation.describe()}: not a model created in this step")

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        # Models drawn already would be drawn again at each step.
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for operation in self._creations():
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for operation in reversed(self._creations()):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return "Create tables " + ", ".join(operation.name for operation in self._creations())

    def _creations(self) -> list[CreateModel]:
        return [operation for operation in self.operations if isinstance(operation, CreateModel)]
