"""``doctor``: examines devices and data; writes the test barcode and a file for support."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from terminal.cli.session import Session, session_of
from texts.command_line.answers import EXIT_DONE, EXIT_REFUSED, Answer
from texts.i18n import Texts, mark, system_language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hardware.findings import Finding
    from terminal.app.checkup import Checkup
    from terminal.settings import Settings

PNG: Final = ".png"
PDF: Final = ".pdf"


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(
        "doctor",
        help=mark("Examine devices and data: what is wrong, and what to do. Reads only; works while the till is open."),
        epilog="stammkunde doctor --bundle support.zip",
    )(_doctor)


def _doctor(
    context: typer.Context,
    test_barcode: Annotated[
        Path | None,
        typer.Option("--test-barcode", help=mark("Write the test barcode, as PDF or PNG."), metavar="FILE"),
    ] = None,
    bundle: Annotated[
        Path | None,
        typer.Option("--bundle", help=mark("Write a file for support, without personal data."), metavar="FILE.zip"),
    ] = None,
) -> Answer:
    session = session_of(context)
    if test_barcode is not None:
        return _write_barcode(session, test_barcode)
    settings, findings, checkup = _examine(session)
    texts = _texts(session, settings)
    written = _write_bundle(session, bundle, settings, findings, checkup) if bundle is not None else None
    return _answer(texts, findings, written)


def _texts(session: Session, settings: Settings | None) -> Texts:
    """The language, also when the settings can't be read: what is wrong with them is what people want to hear."""
    chosen = session.asked_language or (settings.language if settings else "") or system_language()
    return Texts(chosen, session.currency)


def _examine(session: Session) -> tuple[Settings | None, tuple[Finding, ...], Checkup]:
    """Look at everything; nothing is opened but the ledger, for reading."""
    from hardware.examine import examine
    from hardware.machine import Machine
    from hardware.profiles import profile_of
    from terminal.app.checkup import check_data, check_settings
    from terminal.devices.doctor import configured
    from terminal.settings import SettingsWrong, settings_of

    def is_scanner(vid: int) -> bool:
        return profile_of(vid) is not None

    directory, programs = session.directory, session.programs
    checkup = check_data(directory, clock=programs.clock, ids=programs.ids)
    settings: Settings | None = None
    devices: tuple[Finding, ...] = ()
    mistakes: tuple[Finding, ...] = ()
    try:
        settings = settings_of(directory)
    except SettingsWrong as error:
        mistakes = check_settings(directory, error.problems)
    else:
        machine = Machine()
        is_silent = settings.sound.volume_percent == 0
        devices = examine(machine, configured(settings, machine.ports(), is_scanner), is_scanner, is_silent=is_silent)
    return settings, (*mistakes, *devices, *checkup.findings), checkup


def _write_barcode(session: Session, file: Path) -> Answer:
    """The test barcode on paper; the ending of the name says as what."""
    from terminal.app.files import write_file
    from terminal.app.specimen_sheet import sheet_pdf, sheet_png

    ending = file.suffix.lower()
    if ending not in (PDF, PNG):
        raise typer.BadParameter("The test barcode is written as .pdf or .png")
    texts = session.texts
    caption = texts._("Scan one of these codes while the till asks for the test barcode.")
    write_file(file, sheet_pdf(caption) if ending == PDF else sheet_png())
    return Answer({"file": str(file)}, [texts._("Written: {file}").format(file=file)])


def _write_bundle(
    session: Session,
    file: Path,
    settings: Settings | None,
    findings: Sequence[Finding],
    checkup: Checkup,
) -> Path:
    from terminal.app.files import write_file
    from terminal.app.support_bundle import Support, bundle

    support = Support(
        at_us=session.programs.clock.now_us(), settings=settings, findings=findings, counts=checkup.counts
    )
    write_file(file, bundle(session.directory, support))
    return file


def _answer(texts: Texts, findings: Sequence[Finding], written: Path | None) -> Answer:
    """For scripts every finding; for people the same, the worst first."""
    from hardware.findings import Severity
    from terminal.presenters.doctor_words import cure_of, sentence_of, severity_word, subject_of

    order = tuple(reversed(Severity))
    told = sorted(findings, key=lambda finding: order.index(finding.severity))
    documents = [
        {
            "code": finding.code,
            "severity": finding.severity.value,
            "device": finding.device,
            "message": sentence_of(texts, finding),
            "cure": cure_of(texts, finding),
        }
        for finding in told
    ]
    lines: list[str] = []
    for finding in told:
        lines.append(f"{severity_word(texts, finding.severity)}: {subject_of(texts, finding)}")
        lines += [f"  {part}" for part in (sentence_of(texts, finding), cure_of(texts, finding)) if part]
    document: dict[str, object] = {"findings": documents}
    if written is not None:
        document["file"] = str(written)
        lines.append(texts._("Written: {file}").format(file=written))
    broken = any(finding.severity is Severity.BROKEN for finding in findings)
    return Answer(document, lines, EXIT_REFUSED if broken else EXIT_DONE)
