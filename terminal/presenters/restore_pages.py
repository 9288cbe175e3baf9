"""Makes the pages of the restoring window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from terminal.app.restoring_plans import CAN_BE_STOPPED, FromCopy, FromItself, KeyBack, Stage, Step
from terminal.app.restoring_trouble import NOT_CURED_BY_RESTORING, Trouble
from terminal.presenters.restore_model import BOX, CODE, PIN, URL, WORD, Model
from terminal.presenters.restore_outlook import best_copy, is_others, itself_is_best, of_copy, of_itself, whole_box
from terminal.presenters.restore_states import Page, RestoreAction, RestoreState, StageLine, Way
from terminal.presenters.restore_view import (
    copy_facts,
    copy_line,
    done_notes,
    done_points,
    itself_notice,
    missing_notice,
    moment_text,
    newer_text,
    records_text,
    warnings,
    what_will_happen,
)
from terminal.presenters.restore_words import STAGES, TOLD, trouble_text
from terminal.presenters.states import Choice, Field, KeyHint, Notice, Tone
from terminal.sync.recover import RecoverCommand, RecoverStep

if TYPE_CHECKING:
    from collections.abc import Callable

    from loyalty.ports import Clock
    from texts.i18n import Texts

PERCENT: Final = 100

WITHOUT_LEDGER: Final = frozenset({Trouble.MISSING, Trouble.NEW})
"""Where there is no file with bookings that could be set aside."""


def make_page(model: Model, texts: Texts, clock: Clock) -> RestoreState:
    """The page that is on, ready to paint."""
    makers: dict[Page, Callable[[Model, Texts, Clock], RestoreState]] = {
        Page.LOOKING: _looking,
        Page.TROUBLE: _trouble,
        Page.COPIES: _copies,
        Page.OFFICE: _office,
        Page.CONFIRM: _confirm,
        Page.WORKING: _working,
        Page.DONE: _done,
    }
    return makers[model.page](model, texts, clock)


def confirm_word(texts: Texts) -> str:
    """What is typed where no manager can be asked: nobody types a word by accident."""
    return texts._("RESTORE")


def _title(model: Model, texts: Texts) -> str:
    return texts._("Older copy") if model.asked else texts._("The till can't open")


def _notes(model: Model, *more: Notice) -> tuple[Notice, ...]:
    return (*((model.notice,) if model.notice else ()), *more)


def _keys(texts: Texts, *, enter: str = "", back: str = "", choose: bool = False) -> tuple[KeyHint, ...]:
    hints = []
    if choose:
        hints.append(KeyHint("↑ ↓", texts._("Choose")))
    if enter:
        hints.append(KeyHint("Enter", enter))
    if back:
        hints.append(KeyHint("Esc", back))
    return tuple(hints)


def _looking(model: Model, texts: Texts, _clock: Clock) -> RestoreState:
    told = TOLD[model.trouble]
    done, total = model.looked
    progress = ""
    if done:
        progress = texts._("{done} of {total} bookings looked at").format(
            done=texts.number(done), total=texts.number(total)
        )
    return RestoreState(
        Page.LOOKING,
        _title(model, texts),
        headline=texts._(told.headline),
        text=texts._("One moment: the till looks at what can still be read, and which copies there are."),
        icon=told.icon,
        tone=told.tone,
        percent=PERCENT * done // total if total else None,
        progress=progress or texts._("Looking …"),
        notes=_notes(model),
        back=texts._("Close"),
        keys=_keys(texts, back=texts._("Close")),
        language=model.language,
        busy=True,
    )


def _trouble(model: Model, texts: Texts, clock: Clock) -> RestoreState:
    told = TOLD[model.trouble]
    ways = _ways(model, texts, clock)
    again = RestoreAction("again", texts._("Try again"), "restart_alt")
    support = RestoreAction("support", texts._("Support file"), "call", not model.busy)
    primary = ways[0].text if ways else texts._("Try again")
    return RestoreState(
        Page.TROUBLE,
        _title(model, texts),
        headline=texts._(told.headline),
        text=trouble_text(texts, model.trouble, model.error),
        icon=told.icon,
        tone=told.tone,
        points_caption=texts._("What is not lost") if told.kept else "",
        points=tuple(texts._(sentence) for sentence in told.kept),
        notes=_notes(model),
        ways=ways,
        primary=primary,
        primary_enabled=not model.busy,
        others=(again, support) if ways else (support,),
        back=texts._("Close"),
        keys=_keys(texts, enter=primary, back=texts._("Close")),
        language=model.language,
        busy=model.busy,
    )


def _ways(model: Model, texts: Texts, clock: Clock) -> tuple[Way, ...]:
    """What can be done, what loses the least first."""
    findings = model.findings
    if findings is None or model.trouble in NOT_CURED_BY_RESTORING:
        return ()
    best = best_copy(findings, model.checks)
    ways = []
    if findings.key is not None and model.trouble is Trouble.KEY_MISSING:
        detail = texts._("It was found beside a copy. Nothing is missing afterwards.")
        ways.append(Way("key", texts._("Put the key back"), detail, "lock_open", advised=True))
    if findings.remains.can_be_mended and (findings.remains.key_fits or findings.key is not None):
        detail = itself_notice(texts, findings).text
        upto = records_text(texts, of_itself(findings).reached)
        readable = texts._("{bookings} can be read and proved.").format(bookings=upto)
        own = Way(
            "itself",
            texts._("Mend it from its own bookings"),
            f"{readable} {detail}",
            "build",
            advised=not ways and itself_is_best(findings, best),
        )
        ways.append(own)
    detail = texts._("None was found. Choose a file, for example on a stick.")
    if best is not None:
        newest = texts._("The best one: {when}.").format(when=moment_text(texts, clock, best.copy.made_at_us))
        detail = f"{newest} {missing_notice(texts, clock, findings, best).text}"
    advised = best is not None and not any(way.advised for way in ways)
    ways.append(Way("copy", texts._("Restore from a copy"), detail, "history", advised=advised))
    box = whole_box(findings)
    if best is None and box is not None:
        detail = texts._("{bookings} are in it, from the first one on.").format(bookings=records_text(texts, box[1]))
        advised = not any(way.advised for way in ways)
        ways.append(Way("box", texts._("Restore from the black box"), detail, "usb", advised=advised))
    office = texts._("With a code from head office, and the black box if there is one.")
    ways.append(
        Way("office", texts._("Fetch from head office"), office, "cloud_done", advised=not any(w.advised for w in ways))
    )
    return tuple(sorted(ways, key=lambda way: not way.advised))


def _copies(model: Model, texts: Texts, clock: Clock) -> RestoreState:
    findings, found, checked = model.findings, model.found, model.checked
    assert findings is not None, "the page comes after looking around"
    lines = tuple(copy_line(texts, clock, findings, each, model.checks.get(each.copy.path)) for each in findings.copies)
    notes: list[Notice] = []
    if model.asked:
        notes.append(Notice(trouble_text(texts, Trouble.ASKED, None), Tone.WARN))
    if found is not None:
        if is_others(findings, found):
            notes.append(Notice(texts._("This copy is of another till."), Tone.WARN))
        if checked is not None and not checked.sound:
            sentence = texts._("This copy is damaged. Choose an older one, or one of another place. (M-436)")
            notes.append(Notice(sentence, Tone.BAD))
        else:
            notes.append(missing_notice(texts, clock, findings, found))
            newer = newer_text(texts, of_copy(findings, found))
            if newer and not model.asked:
                notes.append(Notice(newer, Tone.GOOD))
    back = texts._("Back")
    primary = texts._("Put this copy back …")
    return RestoreState(
        Page.COPIES,
        _title(model, texts),
        headline=texts._("Which copy?"),
        text="" if lines else _no_copies(model, texts),
        icon="history",
        notes=_notes(model, *notes),
        copies=lines,
        chosen=str(model.chosen or ""),
        empty="" if lines else texts._("No copy was found."),
        facts_caption=texts._("The chosen copy") if found else "",
        facts=copy_facts(texts, clock, findings, found, checked) if found else (),
        primary=primary,
        primary_enabled=found is not None and (checked is not None and checked.sound) and not model.busy,
        others=(RestoreAction("file", texts._("Choose a file …"), "search", not model.busy),),
        back=back,
        keys=_keys(texts, enter=primary, back=back, choose=bool(lines)),
        language=model.language,
        busy=model.busy or (found is not None and checked is None),
    )


def _no_copies(model: Model, texts: Texts) -> str:
    """Where copies were looked for."""
    findings = model.findings
    assert findings is not None, "the page comes after looking around"
    places = ", ".join(filter(None, (findings.here, findings.second)))
    return texts._("Looked in: {places}. A copy on a stick or another computer can be chosen as a file.").format(
        places=places
    )


def _office(model: Model, texts: Texts, _clock: Clock) -> RestoreState:
    typed = model.typed
    back, primary = texts._("Back"), texts._("Go on …")
    return RestoreState(
        Page.OFFICE,
        _title(model, texts),
        headline=texts._("Fetch from head office"),
        text=texts._(
            "Head office gives you a code for this till. Bookings it never got are in the black box, "
            "if this till has one: then plug its stick in and name the folder."
        ),
        icon="cloud_done",
        notes=_notes(model),
        fields=(
            Field(URL, texts._("Address of head office"), typed.get(URL, ""), optional=False, placeholder="https://"),
            Field(
                CODE,
                texts._("Joining code"),
                typed.get(CODE, ""),
                optional=False,
                placeholder="XXXX-XXXX-XXXX-XXXX",
            ),
            Field(BOX, texts._("Folder of the black box"), typed.get(BOX, "")),
        ),
        primary=primary,
        primary_enabled=bool(typed.get(URL, "").strip() and typed.get(CODE, "").strip()),
        back=back,
        keys=_keys(texts, enter=primary, back=back),
        language=model.language,
    )


def _confirm(model: Model, texts: Texts, clock: Clock) -> RestoreState:
    findings, plan = model.findings, model.plan
    assert findings is not None, "the page comes after looking around"
    assert plan is not None, "the page is about it"
    found = model.found if model.puts_copy_back else None
    back = texts._("Back")
    primary = texts._("Put it back") if model.asked else texts._("Do it now")
    return RestoreState(
        Page.CONFIRM,
        _title(model, texts),
        headline=texts._("Is this right?"),
        text=_who_decides(model, texts),
        icon="help",
        tone=Tone.WARN,
        points_caption=texts._("What will happen"),
        points=what_will_happen(texts, clock, findings, plan, found, has_ledger=model.trouble not in WITHOUT_LEDGER),
        notes=_notes(model, *warnings(texts, clock, findings, plan, found)),
        people=tuple(Choice(str(row.cashier_id), row.name, row.cashier_id == model.manager) for row in model.managers),
        fields=(_deciding_field(model, texts),),
        secret=PIN,
        primary=texts._("Please wait …") if model.busy else primary,
        primary_enabled=model.may_decide(confirm_word(texts)) and not model.busy,
        danger=True,
        back=back,
        keys=_keys(texts, enter=primary, back=back),
        language=model.language,
        busy=model.busy,
    )


def _who_decides(model: Model, texts: Texts) -> str:
    if model.managers:
        return texts._("A manager decides this, with the PIN.")
    word = confirm_word(texts)
    if model.puts_copy_back and model.checked is not None and model.checked.sound:
        sentence = texts._(
            "No manager of this till has a PIN. So that nobody does it by accident, type the word {word}."
        )
        return sentence.format(word=word)
    return texts._(
        "Only the owner or a manager may decide this. Who that is can't be read here, so type the word {word}."
    ).format(word=word)


def _deciding_field(model: Model, texts: Texts) -> Field:
    if model.managers:
        return Field(PIN, texts._("Manager's PIN"), model.typed.get(PIN, ""), optional=False)
    caption = texts._("Type {word}").format(word=confirm_word(texts))
    return Field(WORD, caption, model.typed.get(WORD, ""), optional=False)


def _working(model: Model, texts: Texts, _clock: Clock) -> RestoreState:
    step = model.step
    stages, at = _stages(model)
    done, total = (step.done, step.total) if isinstance(step, Step) else model.recovering
    lines = tuple(
        StageLine(texts._(_stage_words(stage)), Tone.GOOD if place < at else Tone.INFO if place == at else Tone.NEUTRAL)
        for place, stage in enumerate(stages)
    )
    proves = isinstance(step, Step) and step.stage is Stage.VERIFYING
    others: tuple[RestoreAction, ...] = ()
    if proves or (isinstance(step, Step) and step.stage in CAN_BE_STOPPED):
        caption = texts._("Leave the proof out") if proves else texts._("Stop")
        others = (RestoreAction("stop", caption, "close", not model.stopping),)
    progress = texts._("{done} of {total}").format(done=texts.number(done), total=texts.number(total)) if total else ""
    return RestoreState(
        Page.WORKING,
        texts._("Restoring"),
        headline=texts._("The till is being restored"),
        text=texts._("Leave the computer on. What stood there is kept until the new is whole."),
        icon="sync",
        tone=Tone.INFO,
        stages=lines,
        percent=min(PERCENT, PERCENT * done // total) if total else None,
        progress=progress,
        others=others,
        language=model.language,
        busy=True,
    )


def _stages(model: Model) -> tuple[tuple[Stage | RecoverStep, ...], int]:
    """The parts of the plan, and at which the work is."""
    plan, step = model.plan, model.step
    stages: tuple[Stage | RecoverStep, ...]
    match plan:
        case FromCopy():
            saving = (Stage.SAVING,) if plan.newer else ()
            stages = (Stage.CHECKING, *saving, Stage.PUTTING, Stage.VERIFYING)
        case KeyBack():
            stages = (Stage.PUTTING, Stage.VERIFYING)
        case FromItself():
            stages = (Stage.SAVING, Stage.PUTTING, Stage.VERIFYING)
        case RecoverCommand(url=""):
            stages = (RecoverStep.BUILDING, RecoverStep.TAKING_OVER, RecoverStep.CHECKING, RecoverStep.FINISHING)
        case _:
            stages = tuple(RecoverStep)
    current = step.stage if isinstance(step, Step) else step
    return stages, stages.index(current) if current in stages else 0


def _stage_words(stage: Stage | RecoverStep) -> str:
    if isinstance(stage, Stage):
        return STAGES[stage]
    from terminal.presenters.restore_office import STEPS  # brings the words of sync

    return STEPS[stage]


def _done(model: Model, texts: Texts, _clock: Clock) -> RestoreState:
    restored = model.restored
    assert restored is not None, "the page is about it"
    primary = texts._("Open the till")
    was_joined = model.findings is not None and model.findings.remains.joined
    support = (RestoreAction("support", texts._("Support file"), "call"),) if restored.problems else ()
    return RestoreState(
        Page.DONE,
        texts._("Restored"),
        headline=texts._("Restored, with something to look at")
        if restored.problems
        else texts._("The till is whole again"),
        text=texts._("It can be opened now and goes on from there."),
        icon="check_circle",
        tone=Tone.WARN if restored.problems else Tone.GOOD,
        points_caption=texts._("What was done"),
        points=done_points(texts, restored),
        notes=_notes(model, *done_notes(texts, restored, was_joined=was_joined)),
        primary=primary,
        primary_enabled=True,
        others=support,
        keys=_keys(texts, enter=primary),
        language=model.language,
    )
