"""What Alembic runs: the steps, over the connection that the caller holds the lock of."""

from alembic import context

from bot.feedback.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
