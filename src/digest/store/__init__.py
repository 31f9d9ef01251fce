"""The publication's memory: stories, people, editions and the ledger, in SQLite or PostgreSQL."""
