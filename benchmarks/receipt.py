"""A receipt as bytes, from the job that a booking leaves to what the printer gets.

Beside it stands the least anybody could do: the same rows, laid out already, in the printer's code page. The printer's
own thread loads its library before the first receipt; what that takes is told, and no receipt waits for it.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final
from uuid import UUID

from benchmarks.table import NS_PER_MS, Row, in_ms, in_us, percentile
from hardware.printing.encode import receipt_bytes
from hardware.printing.job import PrintJob
from hardware.printing.setup import PrinterSetup, QrMode
from hardware.printing.worker import WARM_UP
from hardware.receipt import ReceiptLine, ReceiptStyle, render, rule

if TYPE_CHECKING:
    from collections.abc import Callable

RECEIPTS: Final = 400
READY_MAX_MS: Final = 10.0
ARTICLES: Final = 20
CODE_CHARACTERS: Final = 490
"""The longest code a receipt can carry."""


def measure() -> list[Row]:
    """Measure receipts of a long sale: twenty articles and the longest code, on 80 mm and 58 mm paper."""
    native = PrinterSetup(target="file:///dev/null")
    drawn = PrinterSetup(target="file:///dev/null", paper_mm=58, qr=QrMode.RASTER)
    job = _job()
    load_ns = _timed(lambda: receipt_bytes(WARM_UP, native))
    first_ns = _timed(lambda: receipt_bytes(job, native))
    receipt_bytes(WARM_UP, drawn)
    rows = render(job.lines, native.width)
    bare_ns, native_ns, drawn_ns = [], [], []
    for _ in range(RECEIPTS):
        bare_ns.append(_timed(lambda: "\n".join(rows).replace("\u202f", " ").encode("cp858", "replace")))
        native_ns.append(_timed(lambda: receipt_bytes(job, native)))
        drawn_ns.append(_timed(lambda: receipt_bytes(job, drawn)))
    bare = percentile(sorted(bare_ns), 0.5)
    return [
        _limit("receipt bytes ready, first", first_ns),
        _limit("receipt bytes ready, p50", percentile(sorted(native_ns), 0.5)),
        _limit("receipt bytes ready, p99", percentile(sorted(native_ns), 0.99)),
        _limit("the same with the code drawn by the till, p50", percentile(sorted(drawn_ns), 0.5)),
        Row("the same, p99", "", in_ms(percentile(sorted(drawn_ns), 0.99))),
        Row("the same rows through the code page alone, p50", "", in_us(bare)),
        Row("printer library loaded, once, on the printer's thread", "", in_ms(load_ns)),
    ]


def _job() -> PrintJob:
    articles = [
        ReceiptLine(f"Müsli „Morgenrot“ {number:02}", right="1\u202f234,50\u00a0€") for number in range(ARTICLES)
    ]
    return PrintJob(
        job_id=UUID(int=1),
        lines=(
            ReceiptLine("Bäckerei Große Straße", style=ReceiptStyle.TITLE),
            rule(),
            *articles,
            rule(),
            ReceiptLine("Neuer Punktestand", right="12.345", style=ReceiptStyle.STRONG),
            ReceiptLine("Kein Kassenbeleg", style=ReceiptStyle.CENTRED),
        ),
        qr="SKR1" + "A7K2" * ((CODE_CHARACTERS - 4) // 4),
        qr_caption="Für die Rückgabe an einer anderen Kasse",
        drawer=True,
    )


def _timed(call: Callable[[], object]) -> int:
    began = time.perf_counter_ns()
    call()
    return time.perf_counter_ns() - began


def _limit(name: str, taken_ns: int) -> Row:
    return Row(name, f"<= {READY_MAX_MS:.0f} ms", in_ms(taken_ns), taken_ns / NS_PER_MS / READY_MAX_MS)
