"""Run by Alembic with the connection, and inside the transaction, that `upgrade` gives it."""

from alembic import context

from enterprise_stream.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes a table by making it anew
)
with context.begin_transaction():
    context.run_migrations()
