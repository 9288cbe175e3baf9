"""The tables of those who work at head office: who they are, and who is signed in."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, String, Table, Text, Uuid

from headoffice.store.tables import METADATA

USER: Final = Table(
    "staff",
    METADATA,
    Column("user_id", Uuid, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("role", String(10), nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("blocked", Boolean, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("locked_until_us", BigInteger, nullable=False),
    comment="People at head office. role: admin, manager or viewer.",
)

WEB_SESSION: Final = Table(
    "web_session",
    METADATA,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("user_id", Uuid, nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("expires_at_us", BigInteger, nullable=False),
    Column("ends_at_us", BigInteger, nullable=False),
    comment="It expires when nothing is asked for a while, and ends whatever is asked.",
)
