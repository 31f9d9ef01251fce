"""The one schema, for SQLite and PostgreSQL alike (SQLAlchemy Core). Times are UTC seconds since 1970 as floats,
so that they sort, index and compare the same in both. It is longer than other modules because a schema is read
as one piece: every table beside those whose keys it carries.

Sets of short words that filters ask about (tags, topics of a subscription) are stored fenced: `,world,business,`.
A membership test is then one substring test in either database, and a million readers are imported and frozen
without a second table.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    }
)

# --- the store itself -------------------------------------------------------------------------------------------

meta = Table(
    "meta",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", Text, nullable=False),
)

# --- stories ----------------------------------------------------------------------------------------------------

sources = Table(
    "sources",
    metadata,
    Column("name", String, primary_key=True),
    Column("etag", String),
    Column("last_modified", String),
    Column("tried", Float),
    Column("succeeded", Float),
    Column("gave", Integer, nullable=False, server_default="0"),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("error", Text),
)

stories = Table(
    "stories",
    metadata,
    Column("id", String, primary_key=True),
    Column("url", Text),
    Column("title", Text, nullable=False),
    Column("title_key", Text, nullable=False),
    Column("teaser", Boolean, nullable=False),
    Column("source", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("language", String),
    Column("published", Float),
    Column("seen", Float, nullable=False),
    Column("moment", Float, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("hash", String, nullable=False),
    Column("cluster", String, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Index(None, "moment"),
    Index(None, "seen"),
    Index(None, "cluster"),
    Index(None, "title_key"),
)

revisions = Table(
    "revisions",
    metadata,
    Column("story", ForeignKey("stories.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("hash", String, nullable=False),
    Column("at", Float, nullable=False),
    Column("doc", JSON, nullable=False),
    PrimaryKeyConstraint("story", "revision"),
)

story_urls = Table(
    "story_urls",
    metadata,
    Column("url", Text, primary_key=True),
    Column("story", ForeignKey("stories.id"), nullable=False),
)

story_topics = Table(
    "story_topics",
    metadata,
    Column("story", ForeignKey("stories.id"), nullable=False),
    Column("topic", String, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("rule", String, nullable=False),
    PrimaryKeyConstraint("story", "topic"),
)

topic_corrections = Table(
    "topic_corrections",
    metadata,
    Column("story", ForeignKey("stories.id"), nullable=False),
    Column("topic", String, nullable=False),
    Column("belongs", Boolean, nullable=False),
    Column("at", Float, nullable=False),
    PrimaryKeyConstraint("story", "topic"),
)

clusters = Table(
    "clusters",
    metadata,
    Column("id", String, primary_key=True),
    Column("created", Float, nullable=False),
    Column("updated", Float, nullable=False),
    Column("importance", Float, nullable=False),
    Column("hot", Float, nullable=False),
    Column("boost", Float, nullable=False, server_default="0"),
)

cluster_aliases = Table(
    "cluster_aliases",
    metadata,
    Column("alias", String, primary_key=True),
    Column("cluster", ForeignKey("clusters.id"), nullable=False),
)

cluster_topics = Table(
    "cluster_topics",
    metadata,
    Column("topic", String, nullable=False),
    Column("cluster", ForeignKey("clusters.id"), nullable=False),
    Column("hot", Float, nullable=False),
    Column("story", String, nullable=False),
    Column("source", String, nullable=False),
    PrimaryKeyConstraint("topic", "cluster"),
    Index(None, "topic", "hot"),
)

# --- people -----------------------------------------------------------------------------------------------------

subscribers = Table(
    "subscribers",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("email", String),
    Column("email_key", String, unique=True),
    Column("forgotten", String),
    Column("name", String, nullable=False, server_default=""),
    Column("language", String),
    Column("timezone", String),
    Column("tags", Text, nullable=False, server_default=","),
    Column("attributes", JSON, nullable=False),
    Column("joined", Float, nullable=False),
    Column("engaged", Float),
    Column("plain", Boolean, nullable=False, server_default=false()),
    sqlite_autoincrement=True,
)

# People are looked up by how a name begins; in PostgreSQL that needs an index by bytes, whatever its collation.
Index("ix_subscribers_name_begins", subscribers.c.name, postgresql_ops={"name": "text_pattern_ops"})

consents = Table(
    "consents",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("subscriber", ForeignKey("subscribers.id"), nullable=False),
    Column("digest", String, nullable=False),
    Column("at", Float, nullable=False),
    Column("how", String, nullable=False),
    Column("wording", Text, nullable=False),
    Column("version", String, nullable=False),
    sqlite_autoincrement=True,
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("subscriber", ForeignKey("subscribers.id"), nullable=False),
    Column("digest", String, nullable=False),
    Column("state", String, nullable=False),
    Column("paused_until", Float),
    Column("frequency", String, nullable=False, server_default="daily"),
    Column("topics", Text, nullable=False, server_default=","),
    Column("consent", ForeignKey("consents.id")),
    Column("since", Float, nullable=False),
    PrimaryKeyConstraint("subscriber", "digest"),
    Index(None, "digest", "state"),
)

suppressions = Table(
    "suppressions",
    metadata,
    Column("address", String, nullable=False),
    Column("scope", String, nullable=False),
    Column("email", String),
    Column("reason", String, nullable=False),
    Column("at", Float, nullable=False),
    PrimaryKeyConstraint("address", "scope"),
)

# --- editions ---------------------------------------------------------------------------------------------------

editions = Table(
    "editions",
    metadata,
    Column("id", String, primary_key=True),
    Column("digest", String, nullable=False),
    Column("date", String, nullable=False),
    Column("cut", Float, nullable=False),
    Column("previous_cut", Float),
    Column("send_by", Float, nullable=False),
    Column("state", String, nullable=False),
    Column("subject", Text, nullable=False),
    Column("preheader", Text, nullable=False),
    Column("hash", String, nullable=False),
    Column("frozen_at", Float),
    Column("finished", Float),
    Column("send_at", Float),
    Column("doc", JSON, nullable=False),
    Index(None, "digest", "cut"),
)

pools = Table(
    "pools",
    metadata,
    Column("edition", ForeignKey("editions.id"), nullable=False),
    Column("story", String, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("cluster", String, nullable=False),
    Column("position", Integer, nullable=False),
    Column("score", Float, nullable=False),
    Column("topics", JSON, nullable=False),
    Column("reasons", JSON, nullable=False),
    PrimaryKeyConstraint("edition", "story"),
)

variants = Table(
    "variants",
    metadata,
    Column("edition", ForeignKey("editions.id"), nullable=False),
    Column("segment", String, nullable=False),
    Column("doc", JSON, nullable=False),
    PrimaryKeyConstraint("edition", "segment"),
)

approvals = Table(
    "approvals",
    metadata,
    Column("edition", ForeignKey("editions.id"), nullable=False),
    Column("hash", String, nullable=False),
    Column("by", String, nullable=False),
    Column("note", Text, nullable=False),
    Column("at", Float, nullable=False),
    PrimaryKeyConstraint("edition", "hash", "by"),
)

sent = Table(
    "sent",
    metadata,
    Column("audience", String, nullable=False),
    Column("cluster", String, nullable=False),
    Column("edition", ForeignKey("editions.id"), nullable=False),
    Column("at", Float, nullable=False),
    Column("sources", Integer, nullable=False),
    Column("lead_hash", String, nullable=False),
    PrimaryKeyConstraint("audience", "cluster", "edition"),
    Index(None, "audience", "at"),
)

# --- the ledger -------------------------------------------------------------------------------------------------

runs = Table(
    "runs",
    metadata,
    Column("id", String, primary_key=True),
    Column("edition", ForeignKey("editions.id"), nullable=False),
    Column("transport", String, nullable=False),
    Column("state", String, nullable=False),
    Column("started", Float, nullable=False),
    Column("finished", Float),
    Column("planned", Integer, nullable=False),
    Column("options", JSON, nullable=False),
    Column("wish", String, nullable=False, server_default=""),
    Column("rate", String),
    Index(None, "edition"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", String, primary_key=True),
    Column("edition", ForeignKey("editions.id"), nullable=False),
    Column("subscriber", ForeignKey("subscribers.id"), nullable=False),
    Column("run", ForeignKey("runs.id"), nullable=False),
    Column("segment", String, nullable=False),
    Column("state", String, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("outcome", String),
    Column("email", String, nullable=False),
    Column("domain", String, nullable=False),
    Column("name", String, nullable=False),
    Column("language", String, nullable=False),
    Column("since", Float),
    Column("list", String),
    Column("plain", Boolean, nullable=False, server_default=false()),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due", Float, nullable=False, server_default="0"),
    Column("claimer", String),
    Column("claimed", Float),
    Column("batch", String),
    Column("reference", String, nullable=False, server_default=""),
    Column("reply", Text, nullable=False, server_default=""),
    Column("changed", Float, nullable=False),
    UniqueConstraint("edition", "subscriber"),
    Index(None, "edition", "state", "due"),
    Index(None, "subscriber"),
)

lists = Table(
    "lists",
    metadata,
    Column("id", String, primary_key=True),
    Column("edition", ForeignKey("editions.id"), nullable=False),
    Column("stories", JSON, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("id", String, primary_key=True),
    Column("delivery", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("at", Float, nullable=False),
    Column("reason", Text, nullable=False),
    Column("doc", JSON, nullable=False),
    Index(None, "delivery"),
)

paces = Table(
    "paces",
    metadata,
    Column("key", String, primary_key=True),
    Column("next", Float, nullable=False),
    Column("spent", Integer, nullable=False, server_default="0"),
    Column("day", String),
    Column("factor", Float, nullable=False, server_default="1"),
)

# --- what we write to readers outside editions, and to other systems -----------------------------------------------

letters = Table(
    "letters",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("subscriber", ForeignKey("subscribers.id")),
    Column("email", String, nullable=False),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due", Float, nullable=False),
    Column("changed", Float, nullable=False),
    Column("reply", Text, nullable=False, server_default=""),
    Column("doc", JSON, nullable=False),
    Index(None, "state", "due"),
)

hook_calls = Table(
    "hook_calls",
    metadata,
    Column("id", String, primary_key=True),
    Column("url", Text, nullable=False),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due", Float, nullable=False),
    Column("changed", Float, nullable=False),
    Column("doc", JSON, nullable=False),
    Index(None, "state", "due"),
)

# --- people who look at editions before readers do -----------------------------------------------------------------

shares = Table(
    "shares",
    metadata,
    Column("id", String, primary_key=True),
    Column("edition", String, nullable=False),
    Column("person", String, nullable=False),
    Column("right", String, nullable=False),
    Column("expires", Float, nullable=False),
    Column("revoked", Float),
    Column("created", Float, nullable=False),
)

remarks = Table(
    "remarks",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("edition", String, nullable=False),
    Column("hash", String, nullable=False),
    Column("by", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Float, nullable=False),
    Index(None, "edition"),
)
