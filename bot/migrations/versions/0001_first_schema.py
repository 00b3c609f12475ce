"""The shop's data, conversations, messages, tracker events, cases and failed proofs of identity."""

import sqlalchemy as sa
from alembic import op

from bot.shop import tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table of the first version."""
    op.create_table(
        "buyers",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=16), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("tier", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_buyers")),
    )
    op.create_index(op.f("ix_buyers_email"), "buyers", ["email"], unique=False)
    op.create_index(op.f("ix_buyers_phone"), "buyers", ["phone"], unique=False)
    op.create_table(
        "certificates",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
    )
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("buyer_id", sa.String(length=64), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("owner", sa.String(length=8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("created_at", tables.Instant(), nullable=False),
        sa.Column("updated_at", tables.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
    )
    op.create_table(
        "customs",
        sa.Column("country", sa.String(length=64), nullable=False),
        sa.Column("duty_free_up_to", tables.Money(precision=14, scale=4), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("vat_percent", tables.Money(precision=14, scale=4), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("country", name=op.f("pk_customs")),
    )
    op.create_table(
        "identity_failures",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("at", tables.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_failures")),
    )
    op.create_index(op.f("ix_identity_failures_key_at"), "identity_failures", ["key", "at"], unique=False)
    op.create_table(
        "products",
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("moq", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("weight_grams", sa.Integer(), nullable=False),
        sa.Column("material", sa.Text(), nullable=False),
        sa.Column("dimensions", sa.Text(), nullable=False),
        sa.Column("voltage", sa.Text(), nullable=False),
        sa.Column("plug", sa.Text(), nullable=False),
        sa.Column("power_watts", sa.Integer(), nullable=True),
        sa.Column("compatible_with", sa.Text(), nullable=False),
        sa.Column("colors", tables.Words(), nullable=False),
        sa.Column("sizes", tables.Words(), nullable=False),
        sa.Column("certificates", tables.Words(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("warranty_months", sa.Integer(), nullable=False),
        sa.Column("lead_days", sa.Integer(), nullable=False),
        sa.Column("sample_price", tables.Money(precision=14, scale=4), nullable=True),
        sa.Column("customizable", sa.Boolean(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("image", sa.Text(), nullable=False),
        sa.Column("similar", tables.Words(), nullable=False),
        sa.PrimaryKeyConstraint("sku", name=op.f("pk_products")),
    )
    op.create_table(
        "return_addresses",
        sa.Column("country", sa.String(length=64), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("country", name=op.f("pk_return_addresses")),
    )
    op.create_table(
        "shipping",
        sa.Column("country", sa.String(length=64), nullable=False),
        sa.Column("method", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("base_cost", tables.Money(precision=14, scale=4), nullable=False),
        sa.Column("cost_per_kg", tables.Money(precision=14, scale=4), nullable=False),
        sa.Column("free_over", tables.Money(precision=14, scale=4), nullable=True),
        sa.Column("days_min", sa.Integer(), nullable=False),
        sa.Column("days_max", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("extra_days", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("country", "method", name=op.f("pk_shipping")),
    )
    op.create_table(
        "cases",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("queue", sa.String(length=16), nullable=False),
        sa.Column("priority", sa.String(length=8), nullable=False),
        sa.Column("handoff", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("packet", sa.JSON(), nullable=False),
        sa.Column("created_at", tables.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_cases_conversation_id_conversations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
    )
    op.create_index(op.f("ix_cases_conversation_id"), "cases", ["conversation_id"], unique=False)
    op.create_index(op.f("ix_cases_status_queue_created_at"), "cases", ["status", "queue", "created_at"], unique=False)
    op.create_table(
        "messages",
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("author", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("created_at", tables.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_messages_conversation_id_conversations")
        ),
        sa.PrimaryKeyConstraint("conversation_id", "seq", name=op.f("pk_messages")),
        sa.UniqueConstraint("conversation_id", "client_id", name=op.f("uq_messages_conversation_id_client_id")),
    )
    op.create_table(
        "orders",
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("buyer_id", sa.String(length=64), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("placed_on", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("total", tables.Money(precision=14, scale=4), nullable=False),
        sa.Column("paid", tables.Money(precision=14, scale=4), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("shipping_method", sa.Text(), nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.Column("pay_by", sa.Date(), nullable=True),
        sa.Column("shipped_on", sa.Date(), nullable=True),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("carrier", sa.Text(), nullable=False),
        sa.Column("tracking_number", sa.Text(), nullable=False),
        sa.Column("protected", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["buyer_id"], ["buyers.id"], name=op.f("fk_orders_buyer_id_buyers")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_orders")),
    )
    op.create_index(op.f("ix_orders_buyer_id_placed_on"), "orders", ["buyer_id", "placed_on"], unique=False)
    op.create_table(
        "prices",
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("min_quantity", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_price", tables.Money(precision=14, scale=4), nullable=False),
        sa.ForeignKeyConstraint(["sku"], ["products.sku"], name=op.f("fk_prices_sku_products")),
        sa.PrimaryKeyConstraint("sku", "min_quantity", name=op.f("pk_prices")),
    )
    op.create_table(
        "product_texts",
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("aliases", tables.Words(), nullable=False),
        sa.Column("strength", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["sku"], ["products.sku"], name=op.f("fk_product_texts_sku_products")),
        sa.PrimaryKeyConstraint("sku", "language", name=op.f("pk_product_texts")),
    )
    op.create_table(
        "stock",
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("variant", sa.String(length=64), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("restock_days", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["sku"], ["products.sku"], name=op.f("fk_stock_sku_products")),
        sa.PrimaryKeyConstraint("sku", "variant", name=op.f("pk_stock")),
    )
    op.create_table(
        "tracker_events",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("event", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_tracker_events_conversation_id_conversations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tracker_events")),
    )
    op.create_index(
        op.f("ix_tracker_events_conversation_id_id"), "tracker_events", ["conversation_id", "id"], unique=False
    )
    op.create_table(
        "disputes",
        sa.Column("order_number", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("requested_on", sa.Date(), nullable=False),
        sa.Column("requested_amount", tables.Money(precision=14, scale=4), nullable=False),
        sa.ForeignKeyConstraint(["order_number"], ["orders.number"], name=op.f("fk_disputes_order_number_orders")),
        sa.PrimaryKeyConstraint("order_number", name=op.f("pk_disputes")),
    )
    op.create_table(
        "order_items",
        sa.Column("order_number", sa.String(length=64), nullable=False),
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("variant", sa.String(length=64), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price", tables.Money(precision=14, scale=4), nullable=False),
        sa.ForeignKeyConstraint(["order_number"], ["orders.number"], name=op.f("fk_order_items_order_number_orders")),
        sa.ForeignKeyConstraint(["sku"], ["products.sku"], name=op.f("fk_order_items_sku_products")),
        sa.PrimaryKeyConstraint("order_number", "sku", "variant", name=op.f("pk_order_items")),
    )
    op.create_table(
        "refunds",
        sa.Column("order_number", sa.String(length=64), nullable=False),
        sa.Column("amount", tables.Money(precision=14, scale=4), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("updated_on", sa.Date(), nullable=False),
        sa.Column("days_to_arrive", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["order_number"], ["orders.number"], name=op.f("fk_refunds_order_number_orders")),
        sa.PrimaryKeyConstraint("order_number", name=op.f("pk_refunds")),
    )
    op.create_table(
        "tracking_events",
        sa.Column("order_number", sa.String(length=64), nullable=False),
        sa.Column("at", tables.Instant(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_number"], ["orders.number"], name=op.f("fk_tracking_events_order_number_orders")
        ),
        sa.PrimaryKeyConstraint("order_number", "at", "code", name=op.f("pk_tracking_events")),
    )


def downgrade() -> None:
    """Drop them again."""
    op.drop_table("tracking_events")
    op.drop_table("refunds")
    op.drop_table("order_items")
    op.drop_table("disputes")
    op.drop_index(op.f("ix_tracker_events_conversation_id_id"), table_name="tracker_events")
    op.drop_table("tracker_events")
    op.drop_table("stock")
    op.drop_table("product_texts")
    op.drop_table("prices")
    op.drop_index(op.f("ix_orders_buyer_id_placed_on"), table_name="orders")
    op.drop_table("orders")
    op.drop_table("messages")
    op.drop_index(op.f("ix_cases_status_queue_created_at"), table_name="cases")
    op.drop_index(op.f("ix_cases_conversation_id"), table_name="cases")
    op.drop_table("cases")
    op.drop_table("shipping")
    op.drop_table("return_addresses")
    op.drop_table("products")
    op.drop_index(op.f("ix_identity_failures_key_at"), table_name="identity_failures")
    op.drop_table("identity_failures")
    op.drop_table("customs")
    op.drop_table("conversations")
    op.drop_table("certificates")
    op.drop_index(op.f("ix_buyers_phone"), table_name="buyers")
    op.drop_index(op.f("ix_buyers_email"), table_name="buyers")
    op.drop_table("buyers")
