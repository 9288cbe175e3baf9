"""Realistic states of the screens around a sale: enrolment, search, void, history, report, help, lock."""

from __future__ import annotations

from itertools import cycle

import msgspec

from terminal.presenters.report_states import ReportState
from terminal.presenters.states import (
    BookingLine,
    Candidate,
    Choice,
    ConsentBox,
    EnrolState,
    Field,
    FindState,
    HelpState,
    HistoryState,
    HourBar,
    KeyHint,
    LockState,
    Notice,
    Sent,
    Tile,
    Tone,
    VoidState,
)
from tests.fakes.sale_states import KEYS, LONG_NAME, SaleStates

replace = msgspec.structs.replace


class DeskStates(SaleStates):
    """The states of the screens that are not the sale itself."""

    def fields(self) -> tuple[Field, ...]:
        t = self.t
        return (
            Field("name", t("Name", "Name"), "Jürgen Großmann", optional=False),
            Field("phone", t("Telefon", "Phone"), "0171 2345678"),
            Field("email", t("E-Mail", "E-mail")),
            Field("birthday", t("Geburtstag", "Birthday"), placeholder=t("24.12.1990", "24/12/1990")),
        )

    def enrol(self) -> dict[str, object]:
        t = self.t
        state = EnrolState(
            card="•••• 0815 7",
            fields=self.fields(),
            consents=(
                ConsentBox("email", t("Angebote per E-Mail, bis ich Nein sage", "Offers by e-mail, until I say no")),
                ConsentBox("sms", t("Angebote per SMS, bis ich Nein sage", "Offers by text message, until I say no")),
                ConsentBox(
                    "profiling",
                    t(
                        "Angebote, die zu meinen Einkäufen passen; dafür darf ausgewertet werden, was ich kaufe",
                        "Offers that fit what I buy; my purchases may be evaluated for that",
                    ),
                    ticked=True,
                ),
            ),
            privacy_caption=t("Datenschutzhinweis, Fassung 2026-01", "Privacy notice, version 2026-01"),
            privacy_text=t(
                "Wir speichern Name und Kontaktdaten verschlüsselt auf dieser Kasse, um Ihr Punktekonto zu führen. "
                "Sie können jederzeit Auskunft verlangen oder alles löschen lassen; Ihre Punkte verfallen dann.",
                "We keep name and contact encrypted on this till to run your points account. You may ask what we keep, "
                "or have all of it erased at any time; your points are lost then.",
            ),
            primary=t("Aufnehmen", "Enrol"),
            primary_enabled=True,
        )
        wrong = t("Das ist keine Telefonnummer.", "This is not a phone number.")
        twice = t(
            "Das könnte jemand sein, der schon Mitglied ist. Ist es eine dieser Personen?",
            "This could be somebody who is a member already. Is it one of these?",
        )
        return {
            "enrol": state,
            "enrol_waiting": replace(
                state, card=t("Neue Karte scannen", "Scan the new card"), waiting_for_card=True, primary_enabled=False
            ),
            "enrol_wrong": replace(
                state,
                fields=tuple(replace(field, error=wrong) if field.name == "phone" else field for field in state.fields),
                primary_enabled=False,
            ),
            "enrol_twice": replace(
                state,
                notice=Notice(twice, Tone.WARN),
                duplicates=self.hits()[:2],
                primary=t("Trotzdem aufnehmen", "Enrol anyway"),
            ),
            "enrol_busy": replace(state, busy=True),
        }

    def hits(self) -> tuple[Candidate, ...]:
        points = self.t("Punkte", "points")
        people = (
            ("Anna Schneider", "4711 2", "1.284"),
            ("Annegret Müller", "0042 9", "77"),
            ("Hanna Ott", "1303 5", "0"),
        )
        return tuple(
            Candidate(f"member{index}", name, f"•••• {card} · 0171 ••• 78", f"{balance} {points}")
            for index, (name, card, balance) in enumerate(people)
        )

    def find(self) -> dict[str, object]:
        t = self.t
        long_hits = tuple(
            Candidate(f"many{index}", LONG_NAME, "•••• 4711 2 · " * 9, "1.234.567") for index in range(20)
        )
        return {
            "find": FindState("ann", self.hits(), selected=1),
            "find_empty": FindState(
                message=t(
                    "Name, Telefonnummer oder die letzten Ziffern einer Karte eingeben.",
                    "Type a name, a phone number or the end of a card number.",
                )
            ),
            "find_nobody": FindState(
                "xyz",
                message=t(
                    "Niemand gefunden. Schreibweise prüfen oder mit F2 neu aufnehmen.",
                    "Nobody found. Check the spelling, or enrol with F2.",
                ),
            ),
            "find_many": FindState("max", long_hits, selected=12),
        }

    def void(self) -> dict[str, object]:
        t = self.t
        state = VoidState(
            headline=t("Buchung rückgängig machen", "Undo a booking"),
            what=(
                BookingLine(
                    t("Heute 14:30", "Today 14:30"),
                    t("Anna Schneider · Einkauf 23,45 €", "Anna Schneider · purchase €23.45"),
                    "+46",
                    balance="1.330",
                    why=t("23 Grundpunkte · 2× Happy Hour", "23 base points · 2× happy hour"),
                ),
            ),
            preview=(
                Tile(t("Nimmt zurück", "Takes back"), "46", t("Punkte", "points")),
                Tile(t("Gibt zurück", "Returns"), "100", t("Punkte", "points")),
                Tile(
                    t("Danach", "Afterwards"),
                    "−10",
                    t("Schuld: die nächsten Punkte tilgen sie.", "Debt, paid off next"),
                ),
            ),
            reasons=(
                Choice("mistake", t("Tippfehler", "Typing mistake"), chosen=True),
                Choice("return", t("Ware zurückgegeben", "Goods returned")),
                Choice("wrong_card", t("Falsche Karte", "Wrong card")),
                Choice("other", t("Anderer Grund", "Other reason")),
            ),
            primary=t("Diese Buchung rückgängig machen", "Undo this booking"),
            primary_enabled=True,
        )
        done = t("Diese Buchung ist schon rückgängig gemacht. (M-141)", "This booking is already undone. (M-141)")
        return {
            "void": state,
            "void_refused": replace(state, notice=Notice(done, Tone.BAD), primary_enabled=False),
            "void_empty": VoidState(
                state.headline, empty=t("Es gibt keine Buchung zum Rückgängigmachen.", "There is no booking to undo.")
            ),
            "void_busy": replace(state, busy=True),
            "void_elsewhere": replace(
                state,
                receipt=self.receipt_field("0198c0de-0000-7000-8000-000000000001"),
                origin=t(
                    "Gebucht von Kasse 12 (Innenstadt, Marktplatz). Eine Vorschau, bis die Zentrale gebucht hat.",
                    "Booked by till 12 (city, market square). A preview until head office has booked it.",
                ),
            ),
            "void_vouched": replace(
                state,
                receipt=self.receipt_field("0198c0de-0000-7000-8000-000000000001"),
                fields=(
                    Field("card", t("Karte auf dem Bon", "Card on the receipt"), "2900000047119"),
                    Field("amount", t("Einkauf", "Purchase"), "23,45"),
                    Field("points", t("Gutgeschriebene Punkte", "Points awarded"), "46"),
                    Field("redeemed", t("Eingelöste Punkte", "Points redeemed")),
                    Field("pin", t("PIN der Leitung", "Manager's PIN"), "2580"),
                ),
                people=(Choice("m", "Mira K.", chosen=True), Choice("b", "Berta")),
                secret="pin",
                notice=Notice(
                    t(
                        "Nicht von dieser Kasse, und die Zentrale antwortet nicht. Bitte den Code auf dem Bon scannen "
                        "oder die Leitung fragen. (M-148)",
                        "Not of this till, and head office does not answer. Scan the code on the receipt, or ask a "
                        "manager. (M-148)",
                    ),
                    Tone.WARN,
                ),
            ),
        }

    def receipt_field(self, value: str = "") -> Field:
        """Where another till's receipt goes."""
        caption = self.t(
            "Einer anderen Kasse: Code auf dem Bon scannen oder Buchungsnummer tippen",
            "Of another till: scan the receipt's code or type the booking's number",
        )
        return Field("receipt", caption, value)

    def history(self) -> dict[str, object]:
        t = self.t
        why = t("1 Punkt je Euro · 2× Happy Hour", "1 point per euro · 2× happy hour")
        lines = tuple(
            replace(line, balance="1.284", why="" if line.tone is Tone.WARN else why) for line in self.bookings() * 3
        )
        state = HistoryState("Anna Schneider", t("1.284 Punkte", "1,284 points"), lines)
        marked = tuple(
            replace(line, balance="–", sent=sent, sent_text=words)
            for line, (sent, words) in zip(lines, cycle(self._marks()), strict=False)
        )
        note = t(
            "Aufgeführt sind nur Buchungen dieser Kasse; der Punktestand zählt die aller Kassen.",
            "Only bookings of this till are listed; the balance counts those of all tills.",
        )
        return {
            "history": state,
            "history_joined": replace(state, lines=marked, note=note),
            "history_empty": replace(state, lines=(), empty=t("Noch keine Buchungen.", "No bookings yet.")),
        }

    def _marks(self) -> tuple[tuple[Sent, str], ...]:
        t = self.t
        return (
            (Sent.WAITING, t("Wartet auf das Senden", "Waits to be sent")),
            (Sent.SENT, t("Die Zentrale hat sie", "Head office has it")),
        )

    def report(self) -> dict[str, object]:
        t = self.t
        issued = (130, 370, 445, 314, 282, 412, 456, 325, 271, 335, 238, 121)
        redeemed = (0, 44, 87, 33, 0, 130, 98, 66, 32, 22, 11, 0)
        state = ReportState(
            title=t("Tagesbericht", "Daily report"),
            day=t("Samstag, 21. November 2026", "Saturday, 21 November 2026"),
            tiles=(
                Tile(t("Gutgeschrieben", "Awarded"), "3.412", t("▲ 8 % zum Vorsamstag", "▲ 8% on last Saturday")),
                Tile(t("Eingelöst", "Redeemed"), "1.900", t("Einlösequote 55,7 %", "Redemption rate 55.7%")),
                Tile(t("Offene Punkte", "Open points"), "482.190", t("= 4.821,90 €", "= €4,821.90")),
                Tile(t("Neue Mitglieder", "New members"), "6", t("heute", "today")),
                Tile(t("Storniert", "Reversed"), "46", t("1 Storno", "1 void")),
            ),
            hours_caption=t("Punkte je Stunde", "Points by hour"),
            issued_caption=t("gutgeschrieben", "awarded"),
            redeemed_caption=t("eingelöst", "redeemed"),
            hours=tuple(HourBar(7 + index, issued[index], redeemed[index]) for index in range(len(issued))),
            rewards_caption=t("Beliebte Prämien", "Popular rewards"),
            rewards=(
                BookingLine("5 ×", t("Gratis Kaffee", "Free coffee"), "−1.500"),
                BookingLine("4 ×", t("Brezel dazu", "Pretzel with it"), "−400"),
            ),
            compared_caption=t("Gegenüber Sa 14.11.", "Compared with Sat 14 Nov"),
            compared=(
                BookingLine(t("▲ 7,1 %", "▲ 7.1%"), t("Einkäufe", "Purchases"), "212"),
                BookingLine(t("▼ 17,4 %", "▼ 17.4%"), t("Eingelöst", "Redeemed"), "1.900"),
                BookingLine("–", t("Zurückgenommen", "Taken back"), "46"),
                BookingLine(t("= 0,0 %", "= 0.0%"), t("Verfallen", "Expired"), "120"),
                BookingLine(t("▲ 50,0 %", "▲ 50.0%"), t("Neue Mitglieder", "New members"), "6"),
            ),
            can_go_on=True,
        )
        slow = t("Der Bericht konnte nicht gelesen werden. (M-190)", "The report could not be read. (M-190)")
        return {
            "report": state,
            "report_busy": replace(state, busy=True, can_go_on=False, waits=t("Wird gezählt …", "Counting …")),
            "report_empty": replace(
                state,
                hours=(),
                rewards=(),
                empty=t("An diesem Tag wurde nichts gebucht.", "Nothing was booked that day."),
            ),
            "report_notice": replace(state, notice=Notice(slow, Tone.BAD)),
            "report_quiet": replace(state, hours=(), rewards=()),
            **self._reports_of_a_joined_till(state),
        }

    def _reports_of_a_joined_till(self, state: ReportState) -> dict[str, object]:
        """Its own day and its store's, with what may be missing."""
        t = self.t
        captions = (("till", t("Diese Kasse", "This till")), ("store", t("Ganze Filiale", "Whole store")))
        own, store = (tuple(Choice(key, text, key == chosen) for key, text in captions) for chosen in ("till", "store"))
        unknown = Tile(t("Offene Punkte", "Open points"), "–", t("siehe ganze Filiale", "see the whole store"))
        behind = t(
            "3 Kassen haben vielleicht noch Buchungen dieses Tages: Kasse 2, Kasse 3, Kasse Backstube",
            "3 tills may have more bookings of this day: Kasse 2, Kasse 3, Kasse Backstube",
        )
        away = t(
            "Die Zahlen der Filiale kommen von der Zentrale, die gerade nicht antwortet. (M-186) "
            "Gezeigt wird diese Kasse allein.",
            "The store's figures come from head office, which does not answer now. (M-186) Shown is this till alone.",
        )
        own_day = replace(
            state,
            whose=own,
            standing=t("Nur was an dieser Kasse gebucht wurde", "Only what was booked at this till"),
            tiles=(*state.tiles[:2], unknown, *state.tiles[3:]),
        )
        stores_day = replace(
            state,
            whose=store,
            standing=t("Bäckerei Morgenrot · Stand: Heute 14:32", "Bäckerei Morgenrot · As of: Today 14:32"),
        )
        return {
            "report_of_till": own_day,
            "report_of_store": stores_day,
            "report_of_store_behind": replace(stores_day, notice=Notice(behind, Tone.WARN)),
            "report_of_store_away": replace(own_day, notice=Notice(away, Tone.WARN)),
            "report_of_store_asked": replace(
                stores_day,
                standing="",
                tiles=(),
                hours=(),
                rewards=(),
                compared=(),
                busy=True,
                waits=t("Die Zentrale wird gefragt …", "Asking head office …"),
            ),
        }

    def help(self) -> dict[str, object]:
        t = self.t
        return {
            "help": HelpState(
                t("Hilfe", "Help"),
                (
                    *(KeyHint(key, t(*words)) for key, words in KEYS.items()),
                    KeyHint("Enter", t("Bestätigen", "Confirm")),
                ),
                (
                    t(
                        "Der Scanner tut nichts: Stecker prüfen; die Kasse findet ihn von selbst wieder.",
                        "The scanner does nothing: check its plug; the till finds it again by itself.",
                    ),
                    t(
                        "Falsch gebucht: F9 macht die letzte Buchung rückgängig, F6 auch ältere.",
                        "Booked wrongly: F9 undoes the last booking, F6 older ones as well.",
                    ),
                ),
            )
        }

    def lock(self) -> dict[str, object]:
        t = self.t
        state = LockState(
            headline=t("Wer ist an der Kasse?", "Who is at the till?"),
            people=(Choice("m", "Mira K.", chosen=True), Choice("j", "Jo"), Choice("l", "Maximiliane-Charlotte v. H.")),
            pin="258",
            primary=t("Anmelden", "Sign in"),
        )
        wait = t(
            "Zu viele falsche PINs. Warten Sie 30 Sekunden. (M-151)", "Too many wrong PINs. Wait 30 seconds. (M-151)"
        )
        return {
            "lock": replace(state, pin="2580", primary_enabled=True),
            "lock_empty": replace(state, people=(), pin=""),
            "lock_kept": replace(state, kept=t("Ihr Vorgang bleibt erhalten.", "Your sale is kept.")),
            "lock_wait": replace(state, pin="", notice=Notice(wait, Tone.WARN)),
            "lock_busy": replace(state, pin="", busy=True),
        }
