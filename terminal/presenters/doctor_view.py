"""Turns what is known of the devices into what their screen shows: cards, frames, counters, the wizard's words."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import msgspec

from hardware.examine import RESTING, WORKING
from hardware.findings import DeviceCode, Severity
from hardware.frames import RejectReason
from hardware.sound import Cue
from hardware.speeds import Framing
from hardware.wizard import Deduced, Verdict
from terminal.messages import reject_text
from terminal.presenters.doctor_remarks import remark_notice
from terminal.presenters.doctor_states import (
    DeviceCard,
    DoctorAction,
    DoctorState,
    FrameLine,
    GapBar,
    Page,
    Phase,
    WizardState,
)
from terminal.presenters.doctor_words import (
    TONES,
    cure_of,
    kind_word,
    sentence_of,
    severity_word,
    state_word,
    subject_of,
)
from terminal.presenters.states import Choice, Notice, Tone

if TYPE_CHECKING:
    from hardware.findings import Attached, Finding
    from hardware.printing.job import PrintJob
    from hardware.specimen import Specimen
    from hardware.traffic import TrafficEntry
    from terminal.app.keep_settings import Changes
    from terminal.presenters.base import Surroundings
    from texts.i18n import Texts

GAP_EDGES_MS: Final = (5, 10, 20, 35, 80, 200)
"""Where the bars of the histogram end, in milliseconds; 35 and 80 tell scanners from fingers, 200 ends a code."""

DASH: Final = "–"


class DoctorSight(msgspec.Struct, frozen=True, kw_only=True):
    """What only the presenter knows of its screen."""

    page: Page
    findings: tuple[Finding, ...] | None
    writing: bool
    notice: Notice | None
    wizard: WizardState | None
    wizard_actions: tuple[DoctorAction, ...]


def show(around: Surroundings, sight: DoctorSight) -> DoctorState:
    """The whole screen."""
    texts, doctor = around.texts, around.doctor
    devices = doctor.devices() if doctor is not None else ()
    traffic = doctor.traffic() if doctor is not None else ()
    findings = sight.findings or ()
    headline, text, tone = _headline(texts, devices, sight)
    empty = {
        Page.DEVICES: texts._("No device is attached. Plug a scanner in; it appears here by itself."),
        Page.SCANS: texts._("Nothing was scanned since the till was opened."),
        Page.COUNTERS: texts._("No scanner has been counted yet."),
    }
    return DoctorState(
        title=texts._("Devices"),
        headline=headline,
        text=text,
        icon="warning" if tone in (Tone.WARN, Tone.BAD) else "usb",
        tone=tone,
        pages=_pages(texts, sight.page),
        page=sight.page,
        devices=(*_device_cards(texts, devices, findings), *_other_cards(texts, devices, findings)),
        frames=tuple(_frame(texts, entry) for entry in reversed(traffic)),
        gaps=_gaps(traffic),
        counters=_counters(texts, devices),
        empty=empty[sight.page],
        notice=sight.notice,
        wizard=sight.wizard,
        actions=sight.wizard_actions if sight.wizard else _actions(around, devices, sight),
        sounds=() if sight.wizard else _sounds(texts),
    )


def _pages(texts: Texts, page: Page) -> tuple[Choice, ...]:
    names = {
        Page.DEVICES: texts._("Devices"),
        Page.SCANS: texts._("Last scans"),
        Page.COUNTERS: texts._("Counters"),
    }
    return tuple(Choice(each, name, each is page) for each, name in names.items())


def _headline(texts: Texts, devices: tuple[Attached, ...], sight: DoctorSight) -> tuple[str, str, Tone]:
    """How it stands in one line, and the first thing to do."""
    findings = sight.findings
    if findings is None:
        return texts._("One moment: the devices are examined."), "", Tone.INFO
    broken = [each for each in findings if each.severity is Severity.BROKEN]
    warnings = [each for each in findings if each.severity is Severity.WARNING]
    if broken:
        head = texts.n_("{count} thing does not work", "{count} things do not work", len(broken))
        return head.format(count=texts.number(len(broken))), sentence_of(texts, broken[0]), Tone.BAD
    if not devices:
        return texts._("No device is attached"), texts._("The till works without: type the card number."), Tone.NEUTRAL
    if warnings:
        head = texts.n_("{count} thing to look at", "{count} things to look at", len(warnings))
        return head.format(count=texts.number(len(warnings))), sentence_of(texts, warnings[0]), Tone.WARN
    return texts._("All devices work"), texts._("Nothing needs to be done."), Tone.GOOD


# -- devices -----------------------------------------------------------------------------------------------------------


def _device_cards(texts: Texts, devices: tuple[Attached, ...], findings: tuple[Finding, ...]) -> tuple[DeviceCard, ...]:
    """One card for each device; an examination that is older than its state is not held against it."""
    cards = []
    for device in devices:
        own = [each for each in findings if each.device == device.device_id and each.values.get("kind")]
        works = device.state in WORKING
        told = next((each for each in own if (each.severity is not Severity.BROKEN) or not works), None)
        trouble = told if told and told.severity in (Severity.BROKEN, Severity.WARNING) else None
        calm = device.state is None or device.state in RESTING
        own_tone = Tone.GOOD if works else Tone.NEUTRAL if calm else Tone.WARN
        tone = TONES[trouble.severity] if trouble else own_tone
        place = (device.device_id, device.port, device.usb_id, device.description)
        cards.append(
            DeviceCard(
                name=kind_word(texts, device.kind),
                word=state_word(texts, device.state),
                tone=tone,
                place="  ".join(dict.fromkeys(filter(None, place))),
                text=sentence_of(texts, trouble) if trouble else "",
                cure=cure_of(texts, trouble) if trouble else "",
            )
        )
    return tuple(cards)


def _other_cards(texts: Texts, devices: tuple[Attached, ...], findings: tuple[Finding, ...]) -> tuple[DeviceCard, ...]:
    """What was found beside the devices: unused ports, programs in the way, data that needs somebody."""
    known = {device.device_id for device in devices}
    calm = (DeviceCode.DEVICE_READY, DeviceCode.DEVICE_STARTING)
    others = [each for each in findings if not (each.device in known and each.values.get("kind"))]
    return tuple(
        DeviceCard(
            name=subject_of(texts, each),
            word=severity_word(texts, each.severity),
            tone=TONES[each.severity],
            place="  ".join(filter(None, (each.values.get("usb_id"), each.values.get("description")))),
            text=sentence_of(texts, each),
            cure=cure_of(texts, each),
        )
        for each in others
        if each.severity is not Severity.FINE and each.code not in calm
    )


# -- frames and counters -----------------------------------------------------------------------------------------------


def _frame(texts: Texts, entry: TrafficEntry) -> FrameLine:
    text, tone = entry.text, Tone.NEUTRAL
    if entry.rejected:
        known = entry.rejected in tuple(RejectReason)
        text = reject_text(texts, RejectReason(entry.rejected)) if known else entry.rejected
        tone = Tone.WARN
    return FrameLine(text, entry.hex, entry.aim or DASH, entry.device_id, tone)


def _gaps(traffic: tuple[TrafficEntry, ...]) -> tuple[GapBar, ...]:
    """How long the pauses between reads and keys are; empty when there were none."""
    gaps = [gap for entry in traffic for gap in entry.gaps_ms]
    if not gaps:
        return ()
    counts = Counter(next((edge for edge in GAP_EDGES_MS if gap < edge), 0) for gap in gaps)
    bars = [GapBar(f"< {edge} ms", counts[edge]) for edge in GAP_EDGES_MS]
    return (*bars, GapBar(f"≥ {GAP_EDGES_MS[-1]} ms", counts[0]))


def _counters(texts: Texts, devices: tuple[Attached, ...]) -> tuple[tuple[str, str], ...]:
    """Totals of every scanner since the till was opened."""
    rows: list[tuple[str, str]] = []
    for device in devices:
        if device.counters is None:
            continue
        counters, number = device.counters, texts.number
        rejected = sum(counters.rejected.values())
        figures = (
            (texts._("codes"), counters.scans),
            (texts._("repeats left out"), counters.policy.repeats),
            (texts._("refused"), rejected),
            (texts._("bytes"), counters.bytes_received),
            (texts._("connected"), counters.connects),
            (texts._("lost"), counters.losses),
            (texts._("not opened"), counters.failed_opens),
        )
        rows.append((device.device_id, ", ".join(f"{name} {number(value)}" for name, value in figures)))
        rows += [
            (f"{device.device_id}: {reason.value}", number(count))
            for reason, count in counters.rejected.items()
            if count
        ]
    return tuple(rows)


# -- buttons -----------------------------------------------------------------------------------------------------------


def _actions(around: Surroundings, devices: tuple[Attached, ...], sight: DoctorSight) -> tuple[DoctorAction, ...]:
    from hardware.findings import DeviceKind

    texts, there = around.texts, around.doctor is not None
    prints = around.printing is not None and around.printing.has_printer
    pole = any(device.kind is DeviceKind.POLE for device in devices)
    return (
        DoctorAction("wizard", texts._("Test a scanner"), "barcode_scanner", there),
        DoctorAction("print", texts._("Test print"), "print", prints),
        DoctorAction("drawer", texts._("Open drawer"), "point_of_sale", prints),
        DoctorAction("pole", texts._("Test display"), "info", there and pole),
        DoctorAction("bundle", texts._("Write support file"), "receipt_long", there and not sight.writing),
    )


def _sounds(texts: Texts) -> tuple[DoctorAction, ...]:
    names = {
        Cue.FOUND: texts._("Found"),
        Cue.AWARDED: texts._("Awarded"),
        Cue.REFUSED: texts._("Refused"),
        Cue.UNKNOWN: texts._("Unknown"),
    }
    return tuple(DoctorAction(f"sound:{cue.value}", name, "") for cue, name in names.items())


def trial_job(around: Surroundings, columns: int) -> PrintJob:
    """A piece of paper that shows what goes wrong with printers: the euro sign, umlauts, the width, the cut."""
    from hardware.printing.testpage import test_page
    from hardware.receipt import ReceiptLine

    texts, clock = around.texts, around.clock
    now_us = clock.now_us()
    when = texts.time(now_us, clock.utc_offset_min(now_us))
    return test_page(
        columns,
        job_id=around.ids.record_id(),
        title=texts._("Test print"),
        lines=(
            ReceiptLine(around.desk.shop.name, right=when),
            ReceiptLine(texts._("The row of digits is as wide as the paper.")),
            ReceiptLine(texts._("This is no receipt.")),
        ),
    )


# -- the wizard --------------------------------------------------------------------------------------------------------


def wizard_state(
    around: Surroundings,
    phase: Phase,
    specimen: Specimen,
    deduced: Deduced | None,
    changes: Changes,
    notice: Notice | None,
    framing: Framing | None,
) -> WizardState:
    """What the wizard shows."""
    texts = around.texts
    headline, text, tone = _wizard_words(texts, phase, deduced, changes, framing)
    found = tuple(remark_notice(texts, remark) for remark in deduced.remarks) if deduced else ()
    waits = phase is Phase.WAITING
    return WizardState(
        phase=phase,
        headline=headline,
        text=text,
        tone=tone,
        bars=specimen.bars if waits else "",
        squares=specimen.squares if waits else (),
        plain=specimen.text if waits else "",
        found=(*((notice,) if notice else ()), *found),
        changes=tuple((key, shown_value(value)) for key, value in changes.items()),
    )


def shown_value(value: str | int) -> str:
    """A setting's value for people: a control character by its name, nothing as a dash."""
    from hardware.wizard import shown

    return str(value) if isinstance(value, int) else shown(value.encode()) or DASH


def _wizard_words(
    texts: Texts, phase: Phase, deduced: Deduced | None, changes: Changes, framing: Framing | None
) -> tuple[str, str, Tone]:
    match phase:
        case Phase.WAITING if framing is not None:
            sentence = texts._("The till now listens at {framing}. Scan one of the two codes once more.")
            return texts._("Scan this test barcode"), sentence.format(framing=framing.short), Tone.INFO
        case Phase.WAITING:
            sentence = texts._("Scan one of the two codes off this screen. For a laser scanner print the PDF first.")
            return texts._("Scan this test barcode"), sentence, Tone.INFO
        case Phase.NOTHING:
            sentence = texts._(
                "Does the scanner beep? Then it sends somewhere else: switch it to USB serial or to keyboard mode by "
                "its manual, plug it in again. Does it stay dark? Check cable and socket. (M-401)"
            )
            return texts._("Nothing came"), sentence, Tone.WARN
        case Phase.GARBAGE:
            sentence = texts._("Scan again: the till listens in the way that fits what came. (M-402)")
            return texts._("The scanner sends garbled characters"), sentence, Tone.WARN
    assert deduced is not None, "a result comes from a scan"
    if deduced.verdict is Verdict.DAMAGED:
        sentence = texts._("The test barcode did not arrive as it is printed. Cure that, then scan again. (M-403)")
        return texts._("The scanner works, but not right"), sentence, Tone.WARN
    if changes:
        return texts._("The scanner works"), texts._("Its settings differ. Take this over?"), Tone.GOOD
    if not deduced.is_usable:
        sentence = texts._("The till can't take off what the scanner adds. Cure that, then scan again. (M-404)")
        return texts._("The scanner works, but not right"), sentence, Tone.WARN
    return texts._("The scanner works"), texts._("The settings fit it. Nothing needs to be done."), Tone.GOOD
