"""Alembic runs this inside the connection that ``bot.database.migrate`` hands over."""

from alembic import context

from bot.desk import tables as desk_tables
from bot.shop.tables import metadata
from bot.whatsapp import tables as whatsapp_tables

assert desk_tables.conversations.metadata is metadata
assert whatsapp_tables.contacts.metadata is metadata
connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=connection.dialect.name == "sqlite")
with context.begin_transaction():
    context.run_migrations()
