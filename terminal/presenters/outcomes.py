"""What can be on disk after a confirmation."""

from __future__ import annotations

from terminal.app.earn import Earned
from terminal.app.enrol import Enrolled
from terminal.app.redeem import Redeemed
from terminal.app.reverse import Reversed

Booked = Earned | Redeemed | Reversed | Enrolled
