"""The shop's data, conversations, messages, tracker events, cases and failed proofs of identity."""

from alembic import op

from bot.conversations import tables as conversation_tables
from bot.shop.tables import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table of the first version."""
    assert conversation_tables.cases.metadata is metadata
    metadata.create_all(op.get_bind())


def downgrade() -> None:
    """Drop them again."""
    metadata.drop_all(op.get_bind())
