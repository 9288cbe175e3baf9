"""Chance that can be replayed: everything that asks the system for random bytes gets them from the seed."""

from __future__ import annotations

import os
import random
from contextlib import contextmanager
from typing import TYPE_CHECKING
from unittest import mock

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def seeded_entropy(seed: str) -> Iterator[None]:
    """Give ``os.urandom``, ``secrets`` and ``uuid4`` the same bytes in every run with the same seed."""
    source = random.Random(seed)
    with mock.patch.object(os, "urandom", source.randbytes), mock.patch.object(random, "_urandom", source.randbytes):
        yield
