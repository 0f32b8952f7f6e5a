"""Run by Alembic: applies the migrations on the connection, and inside the transaction, that open_database gives it."""

from alembic import context

from studio.store.schema import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
