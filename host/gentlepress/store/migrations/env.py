"""Alembic's entry: runs on the connection that the store hands over, or writes SQL for a named kind of database."""

from alembic import context
from gentlepress.store.models import Base

connection = context.config.attributes.get("connection")
if connection is None:
    context.configure(
        dialect_name=context.config.get_main_option("dialect", "sqlite"),
        target_metadata=Base.metadata,
        literal_binds=True,
    )
else:
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
