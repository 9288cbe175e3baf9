"""Printers without hardware: what a worker tells is collected, lines can be scripted, bytes are read back to paper."""

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from queue import Queue, SimpleQueue
from threading import Event
from uuid import UUID, uuid4

from PIL import Image

from hardware.backoff import ReconnectSettings
from hardware.printing.delivery import PrinterTiming
from hardware.printing.errors import PrinterError, PrinterMissing
from hardware.printing.job import PrintJob
from hardware.printing.lines import PrinterTransport
from hardware.printing.paper import PaperReader, Picture
from hardware.printing.setup import PrinterSetup
from hardware.printing.simulated import Paper
from hardware.printing.status import PrinterState, PrinterStatus
from hardware.printing.worker import PrinterWorker
from hardware.receipt import ReceiptLine, ReceiptStyle, rule

PATIENCE_S = 30.0
"""Longest wait for something that must happen; a failing test takes this long and a passing one does not."""

MOMENT_S = 0.001

QUESTION = b"\x10\x04"

SETUP = PrinterSetup(target="/dev/printer")

EAGER = ReconnectSettings(delays_s=(0.002,), presence_poll_s=0.001)

BRISK = PrinterTiming(
    poll_s=0.02,
    mute_poll_s=0.02,
    trouble_poll_s=0.01,
    answer_s=PATIENCE_S,
    stall_shown_s=0.2,
    stall_max_s=PATIENCE_S,
    finish_s=PATIENCE_S,
)
"""Looks often, and never takes a slow machine for a silent printer; tests of silence bring times of their own."""

GERMAN_LINES = (
    ReceiptLine("Bäckerei Groß", style=ReceiptStyle.TITLE),
    ReceiptLine("Straße des 17. Juni 5, Köln", style=ReceiptStyle.CENTRED),
    rule(),
    ReceiptLine("2 x Müslibrötchen mit Kürbiskernen, geschnitten", right="5,90\u00a0€"),
    ReceiptLine("Rabatt für Stammkunden", right="\u22121,00\u00a0€"),
    ReceiptLine("Punkte für diesen Einkauf", right="1\u202f234", style=ReceiptStyle.STRONG),
    rule(),
    ReceiptLine("Kein Kassenbeleg", style=ReceiptStyle.CENTRED),
)

ENGLISH_LINES = (
    ReceiptLine("Corner Shop", style=ReceiptStyle.TITLE),
    rule(),
    ReceiptLine("Flat white, oat milk, large, to go and with a lid", right="€4.10"),
    ReceiptLine("Points for this purchase", right="41", style=ReceiptStyle.STRONG),
    ReceiptLine("Not a fiscal receipt", style=ReceiptStyle.CENTRED),
)


def print_job(
    *lines: ReceiptLine, qr: str = "", drawer: bool = False, again_lines: tuple[ReceiptLine, ...] = ()
) -> PrintJob:
    """A job with an id of its own; without lines, a German receipt."""
    return PrintJob(
        job_id=uuid4(), lines=lines or GERMAN_LINES, qr=qr, qr_caption="", drawer=drawer, again_lines=again_lines
    )


def paper_of(data: bytes, columns: int, *, double_byte: bool = False) -> Paper:
    """What bytes print, after making sure that a printer understands every one of them."""
    reader = PaperReader(columns, double_byte=double_byte)
    elements = tuple(reader.feed(data))
    assert reader.problems == []
    return Paper(elements)


def image_of(picture: Picture) -> Image.Image:
    """A picture as it looks on paper."""
    size = (picture.width_dots, picture.height_dots)
    return Image.frombytes("1", size, picture.dots, "raw", "1;I").convert("L")


class PrinterRecorder:
    """The sinks of a worker; tests wait on what they expect instead of sleeping."""

    def __init__(self) -> None:
        self.statuses: Queue[PrinterStatus] = Queue()
        self.printed: Queue[UUID] = Queue()
        self.failed: Queue[tuple[UUID, PrinterError]] = Queue()
        self.latest: PrinterStatus | None = None

    def on_status(self, status: PrinterStatus) -> None:
        self.latest = status
        self.statuses.put(status)

    def on_printed(self, job_id: UUID) -> None:
        self.printed.put(job_id)

    def on_failed(self, job_id: UUID, error: PrinterError) -> None:
        self.failed.put((job_id, error))

    def next_printed(self) -> UUID:
        """The next job that came out, waited for."""
        return self.printed.get(timeout=PATIENCE_S)

    def rest(self) -> list[PrinterStatus]:
        """The changes nobody has asked for, without waiting."""
        found = []
        while not self.statuses.empty():
            found.append(self.statuses.get())
        return found

    def wait_for(self, state: PrinterState, waiting: int | None = None) -> PrinterStatus:
        """The next change to one state, with so many jobs if that matters; the changes before it are dropped."""
        while True:
            status = self.statuses.get(timeout=PATIENCE_S)
            if status.state is state and waiting in {None, status.waiting}:
                return status


@contextmanager
def printing(
    recorder: PrinterRecorder,
    setup: PrinterSetup = SETUP,
    *,
    transport: PrinterTransport | None = None,
    timing: PrinterTiming = BRISK,
    reconnect: ReconnectSettings = EAGER,
) -> Iterator[PrinterWorker]:
    """A started worker, stopped at the end whatever happens."""
    worker = PrinterWorker(
        "receipts",
        setup,
        on_status=recorder.on_status,
        on_printed=recorder.on_printed,
        on_failed=recorder.on_failed,
        transport=transport,
        timing=timing,
        reconnect=reconnect,
    )
    worker.start()
    try:
        yield worker
    finally:
        worker.stop()
        assert recorder.latest is not None
        assert recorder.latest.state is PrinterState.STOPPED, "stop waits for the thread, whose last word this is"


class ScriptedPrinterLine:
    """A line that takes everything until told otherwise, and says what a test makes it say.

    Attributes:
        taken: The bytes it took.
        room: How many bytes more it takes; ``None`` for all.
        breaks_after: After how many bytes of receipts it breaks; ``None`` for never.
        is_gone: Whether its cable has been pulled.
        answer: The four bytes for DLE EOT 1 to 4; ``None`` for silence.
        says_end: Whether it answers ``GS r``.
    """

    listens = True

    def __init__(self, answer: bytes | None = None, *, says_end: bool = True) -> None:
        self.taken = bytearray()
        self.room: int | None = None
        self.breaks_after: int | None = None
        self.is_gone = False
        self.answer = answer
        self.says_end = says_end
        self.closed = 0
        self._never = Event()
        self._spoken: SimpleQueue[bytes] = SimpleQueue()

    def write(self, data: bytes) -> int:
        end = len(data)
        if self.breaks_after is not None and not data.startswith(QUESTION):
            self.is_gone = self.is_gone or self.breaks_after == 0
            end = min(end, self.breaks_after)
            self.breaks_after -= end
        if self.is_gone:
            raise PrinterMissing("scripted", "cable pulled")
        room = self.room
        if room is not None:
            end = min(end, room)
            if end:
                self.room = room - end
            else:
                self._never.wait(MOMENT_S)  # as a real line does; the test may have made room by now
        self.taken += data[:end]
        self._reply(data[:end])
        return end

    def _reply(self, data: bytes) -> None:
        if self.answer is not None and data.startswith(QUESTION):
            self.say(self.answer[data[2] - 1 : data[2]])
        if self.answer is not None and self.says_end and data.endswith(b"\x1dr\x01"):
            self.say(b"\x00")

    def say(self, data: bytes) -> None:
        """Put bytes on the line, from any thread."""
        self._spoken.put(data)

    def read(self, wait_s: float) -> bytes:
        if self._spoken.empty():
            self._never.wait(min(wait_s, MOMENT_S))
            return b""
        return self._spoken.get()

    def close(self) -> None:
        self.closed += 1

    @property
    def paper(self) -> Paper:
        """What it printed, without the questions."""
        receipts = bytes(self.taken).split(QUESTION)
        return paper_of(receipts[0] + b"".join(each[1:] for each in receipts[1:]), columns=48)


class ScriptedPrinterTransport:
    """Opens what a test has put in: lines, or errors; then the printer is missing."""

    def __init__(self, *results: ScriptedPrinterLine | PrinterError, is_shared: bool = False) -> None:
        self.results = list(results)
        self.is_shared = is_shared
        self.opened = 0
        self.place: Hashable | None = None

    def open(self) -> ScriptedPrinterLine:
        self.opened += 1
        result = self.results.pop(0) if self.results else PrinterMissing("scripted")
        if isinstance(result, PrinterError):
            raise result
        return result

    def presence(self) -> Hashable | None:
        return self.place
