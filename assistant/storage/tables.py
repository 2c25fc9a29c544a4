"""The tables of conversations and preferences."""

import sqlalchemy as sa

VERSION = 4
"""The schema version: raise it with each added table or column; older files get what they lack."""

METADATA = sa.MetaData()
conversations = sa.Table(
    "conversations",
    METADATA,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("owner", sa.String, nullable=False, index=True),
    sa.Column("title", sa.String, nullable=False),
    sa.Column("changed", sa.String, nullable=False, index=True),
    sa.Column("deleted", sa.String),
)
exchanges = sa.Table(
    "exchanges",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("conversation", sa.ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("question", sa.String, nullable=False),
    sa.Column("answer", sa.JSON),
    sa.Column("error", sa.String),
    # What translating the error takes; None where nothing does.
    sa.Column("error_message", sa.JSON(none_as_null=True)),
    sa.Column("asked", sa.String, nullable=False),
    sqlite_autoincrement=True,
)
articles = sa.Table(
    "articles",
    METADATA,
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("fields", sa.JSON, nullable=False),
)
feedback = sa.Table(
    "feedback",
    METADATA,
    sa.Column("exchange", sa.ForeignKey("exchanges.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("owner", sa.String, nullable=False),
    sa.Column("verdict", sa.String, nullable=False),
    sa.Column("word", sa.String, nullable=False),
    sa.Column("at", sa.String, nullable=False),
)
preferences = sa.Table(
    "preferences",
    METADATA,
    sa.Column("owner", sa.String, primary_key=True),
    sa.Column("fields", sa.JSON, nullable=False),
)
shared = sa.Table(
    "shared",
    METADATA,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("value", sa.String, nullable=False),
)
