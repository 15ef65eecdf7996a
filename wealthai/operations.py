"""Steps of migrations that large tables survive: PostgreSQL builds an index while people work."""

from django.db.migrations.operations import AddIndex, RunPython, RunSQL


class AddIndexOnline(AddIndex):
    """AddIndex without the lock; for a migration with `atomic = False`."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        model = to_state.apps.get_model(app_label, self.model_name)
        if schema_editor.connection.vendor != "postgresql":
            schema_editor.add_index(model, self.index)
            return
        # A build that broke off left an index of this name that nobody can use.
        schema_editor.execute(drop_index(self.index.name))
        schema_editor.add_index(model, self.index, concurrently=True)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        schema_editor.execute(drop_index(self.index.name, schema_editor.connection.vendor))


class DropIndexOnline(RunPython):
    """Without the lock too, by its name: Django makes one of its own for each foreign key. `of` is what
    the way back builds it of."""

    def __init__(self, name, of):
        def drop(apps, schema_editor):
            schema_editor.execute(drop_index(name, schema_editor.connection.vendor))

        def build(apps, schema_editor):
            online = "CONCURRENTLY " if schema_editor.connection.vendor == "postgresql" else ""
            schema_editor.execute(f"CREATE INDEX {online}IF NOT EXISTS {name} ON {of}")

        super().__init__(drop, build)


class PostgresSQL(RunSQL):
    """What SQLite has in another way, or needs not."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor == "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor == "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)


def drop_index(name, vendor="postgresql"):
    return f"DROP INDEX {'CONCURRENTLY ' if vendor == 'postgresql' else ''}IF EXISTS {name}"
