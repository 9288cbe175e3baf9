"""Realistic states of every screen, in German and English, in all the variants a presenter can make."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from terminal.presenters.states import (
    BarState,
    BookingLine,
    Candidate,
    Choice,
    ConsentBox,
    DoneState,
    EnrolState,
    Field,
    FindState,
    HelpState,
    HistoryState,
    HourBar,
    IdleState,
    KeyHint,
    MemberState,
    Notice,
    Pill,
    ReceiptText,
    RedeemState,
    ReportState,
    RewardCard,
    Screen,
    ShellState,
    Tile,
    Tone,
    UnknownState,
    VoidState,
)

replace = msgspec.structs.replace

LONG_NAME = "Maximiliane-Charlotte von Hohenstaufen-Wittelsbach zu Brandenburg"

KEYS = {
    "F1": ("Hilfe", "Help"),
    "F2": ("Neues Mitglied", "New member"),
    "F3": ("Suchen", "Search"),
    "F4": ("Einlösen", "Redeem"),
    "F5": ("Verlauf", "History"),
    "F6": ("Storno", "Void"),
    "F8": ("Bericht", "Report"),
    "F9": ("Rückgängig", "Undo"),
    "F10": ("Sperren", "Lock"),
    "Esc": ("Zurück", "Back"),
}
SCREEN_KEYS = {
    Screen.IDLE: ("F1", "F2", "F3", "F6", "F8", "F9", "F10"),
    Screen.MEMBER: ("F1", "F2", "F3", "F4", "F5", "F6", "F9", "F10"),
    Screen.DONE: ("F9", "Esc"),
    Screen.UNKNOWN: ("F2", "Esc"),
}


class ScreenStates:
    """The states in one language.

    Args:
        language: "de" or "en".
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self._german = language == "de"

    def t(self, german: str, english: str) -> str:
        """The text of this language."""
        return german if self._german else english

    def bar(self) -> BarState:
        t = self.t
        return BarState(
            shop="Bäckerei Morgenrot",
            till=t("Kasse 2", "Till 2"),
            scanner=Pill(t("Scanner bereit", "Scanner ready"), Tone.GOOD),
            connection=Pill(t("Steht allein", "Stands alone")),
            clock="14:32",
            language=self.language,
        )

    def shell(self, screen: Screen) -> ShellState:
        names = SCREEN_KEYS.get(screen, ("F1", "Esc"))
        return ShellState(screen, self.bar(), tuple(KeyHint(name, self.t(*KEYS[name])) for name in names))

    def variants(self) -> dict[str, tuple[Screen, object]]:
        """Every variant by name."""
        makers: dict[Screen, Callable[[], dict[str, object]]] = {
            Screen.IDLE: self.idle,
            Screen.MEMBER: self.member,
            Screen.REDEEM: self.redeem,
            Screen.DONE: self.done,
            Screen.UNKNOWN: self.unknown,
            Screen.ENROL: self.enrol,
            Screen.FIND: self.find,
            Screen.VOID: self.void,
            Screen.HISTORY: self.history,
            Screen.REPORT: self.report,
            Screen.HELP: self.help,
        }
        return {name: (screen, state) for screen, make in makers.items() for name, state in make().items()}

    def idle(self) -> dict[str, object]:
        t = self.t
        tiles = (
            Tile(
                t("Heute gutgeschrieben", "Awarded today"),
                "3.412",
                t("Punkte · 148 Einkäufe", "Points · 148 purchases"),
            ),
            Tile(t("Heute eingelöst", "Redeemed today"), "1.900", t("Punkte · 9 Prämien", "Points · 9 rewards")),
            Tile(t("Neue Mitglieder", "New members"), "6", t("heute", "today")),
            Tile(t("Letzte Buchung", "Last booking"), "+46", t("Anna S. · 14:30", "Anna S. · 2 min ago")),
        )
        unknown = t(
            "Karte unbekannt. Noch einmal scannen oder mit F3 suchen. (M-104)",
            "Card unknown. Scan again or search with F3. (M-104)",
        )
        return {
            "idle": IdleState(tiles=tiles, can_undo=True),
            "idle_bare": IdleState(),
            "idle_unknown": IdleState(query="4711", notice=Notice(unknown, Tone.WARN), tiles=tiles, can_undo=True),
        }

    def rewards(self) -> tuple[RewardCard, ...]:
        t = self.t
        points = t("Punkte", "points")
        return (
            RewardCard("coffee", t("Gratis Kaffee", "Free coffee"), f"300 {points}", affordable=True),
            RewardCard("five", t("5 € Rabatt", "€5 off"), f"500 {points}", affordable=True, chosen=False),
            RewardCard("ten", t("10 € Rabatt", "€10 off"), f"1.000 {points}", affordable=True),
            RewardCard(
                "cake",
                t("Torte nach Wahl", "Cake of your choice"),
                t("2.500 Punkte · fehlen 1.216", "2,500 points · 1,216 missing"),
                affordable=False,
            ),
        )

    def bookings(self) -> tuple[BookingLine, ...]:
        t = self.t
        return (
            BookingLine(t("Heute 08:12", "Today 08:12"), t("Einkauf 6,40 €", "Purchase €6.40"), "+6"),
            BookingLine(
                t("Mi 18.11.", "Wed 18 Nov"), t("Eingelöst: Gratis Kaffee", "Redeemed: free coffee"), "−300", Tone.WARN
            ),
            BookingLine(t("Di 17.11.", "Tue 17 Nov"), t("Einkauf 23,90 €", "Purchase €23.90"), "+46"),
            BookingLine(t("Mo 16.11.", "Mon 16 Nov"), t("Einkauf 4,20 €", "Purchase €4.20"), "+4"),
        )

    def anna(self) -> MemberState:
        """Anna with an amount typed."""
        t = self.t
        return MemberState(
            name="Anna Schneider",
            anonymous=False,
            card="•••• 4711 2",
            balance="1.284",
            balance_caption=t("Punkte", "points"),
            worth=t("= 12,84 € Rabatt", "= €12.84 off"),
            chips=(t("Geburtstag am Freitag", "Birthday on Friday"),),
            rewards=self.rewards(),
            bookings=self.bookings(),
            amount=t("23,45", "23.45"),
            asks_without_points=True,
            award=t("+ 46 Punkte", "+ 46 points"),
            why=t("23 Grundpunkte · 2× Happy Hour bis 15 Uhr", "23 base points · 2× happy hour until 3 pm"),
            primary=t("46 Punkte gutschreiben", "Award 46 points"),
            primary_enabled=True,
        )

    def member(self) -> dict[str, object]:
        t, anna = self.t, self.anna()
        chosen = tuple(replace(reward, chosen=reward.reward_id == "five") for reward in anna.rewards)
        redeeming = replace(
            anna,
            rewards=chosen,
            take_off=t("5,00 € an der Kasse abziehen", "Take €5.00 off at the register"),
            to_pay=t("Zu zahlen: 18,45 €", "To pay: €18.45"),
            choices=(t("5 € Rabatt", "€5 off"),),
            without_points=t("2,50", "2.50"),
            award=t("+ 36 Punkte", "+ 36 points"),
            primary=t("Buchen: +36, −500 Punkte", "Book: +36, −500 points"),
        )
        again = t(
            "Dieselbe Karte, derselbe Betrag: gerade eben gebucht. Enter bucht noch einmal. (M-121)",
            "Same card, same amount a minute ago. Enter books it once more. (M-121)",
        )
        bad = t("Bitte einen Betrag wie 12,50 eingeben. (M-110)", "Type an amount such as 12.50. (M-110)")
        idle = replace(anna, amount="", award="", why="", primary=t("Punkte gutschreiben", "Award points"))
        return {
            "member": anna,
            "member_no_amount": replace(idle, primary_enabled=False),
            "member_redeeming": redeeming,
            "member_again": replace(anna, notice=Notice(again, Tone.WARN)),
            "member_again_redeeming": replace(redeeming, notice=Notice(again, Tone.WARN)),
            "member_bad_amount": replace(
                idle, amount="1.500", amount_notice=Notice(bad, Tone.BAD), primary_enabled=False
            ),
            "member_both_notices": replace(
                idle, notice=Notice(again, Tone.WARN), amount_notice=Notice(bad, Tone.BAD), primary_enabled=False
            ),
            "member_without_points": replace(anna, without_points=t("2,50", "2.50"), editing_without_points=True),
            "member_debt": replace(
                anna,
                balance="−40",
                debt=True,
                worth=t("Schuld aus einem Storno", "Debt after a void"),
                chips=(),
                rewards=tuple(replace(reward, affordable=False) for reward in anna.rewards),
            ),
            "member_anonymous": replace(
                anna,
                name=t("Karte ohne Namen", "Card without a name"),
                anonymous=True,
                chips=(),
                bookings=(),
                bookings_empty=t("Noch keine Buchungen.", "No bookings yet."),
                rewards=(),
            ),
            "member_busy": replace(anna, busy=True, primary=t("Wird gebucht …", "Booking …")),
            "member_long": replace(
                redeeming,
                name=LONG_NAME,
                balance="1.234.567",
                chips=(
                    t("Geburtstag am Donnerstag", "Birthday on Thursday"),
                    t("80 Punkte verfallen am 31.12.", "80 points expire on 31 Dec"),
                    t("Kaffee 7 / 10", "Coffee 7 / 10"),
                ),
                rewards=chosen + tuple(replace(reward, reward_id=f"{reward.reward_id}2") for reward in anna.rewards),
                amount="99999999,99",
                bookings=anna.bookings * 3,
            ),
        }

    def redeem(self) -> dict[str, object]:
        t = self.t
        base = RedeemState(
            name="Anna Schneider",
            rewards=self.rewards(),
            before=t("Punktestand: 1.284 Punkte", "Balance: 1,284 points"),
            primary=t("Prämie wählen", "Choose a reward"),
        )
        chosen = replace(
            base,
            rewards=tuple(replace(reward, chosen=reward.reward_id == "five") for reward in base.rewards),
            after=t("Danach: 784 Punkte", "Afterwards: 784 points"),
            take_off=t("5,00 € an der Kasse abziehen", "Take €5.00 off at the register"),
            to_pay=t("Zu zahlen: 18,45 €", "To pay: €18.45"),
            primary=t("In den Einkauf übernehmen", "Take it into the purchase"),
            primary_enabled=True,
        )
        refused = t("Dafür fehlen noch 1.216 Punkte. (M-131)", "1,216 points are missing for this. (M-131)")
        return {
            "redeem": base,
            "redeem_chosen": chosen,
            "redeem_flexible": replace(
                chosen,
                flexible_open=True,
                flexible_caption=t(
                    "Punkte, die eingesetzt werden; leer nimmt so viele wie möglich",
                    "Points to use; empty takes as many as possible",
                ),
                points_text="500",
            ),
            "redeem_refused": replace(base, notice=Notice(refused, Tone.BAD)),
            "redeem_empty": replace(
                base, rewards=(), empty=t("Es gibt keine Prämien.", "The programme has no rewards.")
            ),
            "redeem_busy": replace(chosen, busy=True),
        }

    def receipt(self) -> tuple[ReceiptText, ...]:
        t = self.t
        return (
            ReceiptText("Bäckerei Morgenrot", strong=True, centred=True),
            ReceiptText(t("Kasse 2 · 21.11.2026 14:32", "Till 2 · 21 Nov 2026 14:32"), centred=True),
            ReceiptText("", rule=True),
            ReceiptText(t("Karte", "Card"), "•••• 4711 2"),
            ReceiptText(t("Einkauf", "Purchase"), t("23,45 €", "€23.45")),
            ReceiptText(t("5 € Rabatt", "€5 off"), t("−5,00 €", "−€5.00")),
            ReceiptText(t("Zu zahlen", "To pay"), t("18,45 €", "€18.45"), strong=True),
            ReceiptText("", rule=True),
            ReceiptText(t("Punkte gutgeschrieben", "Points awarded"), "+36"),
            ReceiptText(t("Punkte eingelöst", "Points redeemed"), "−500"),
            ReceiptText(t("Neuer Punktestand", "New balance"), "820", strong=True),
            ReceiptText(""),
            ReceiptText(t("Danke für Ihren Einkauf!", "Thank you for your visit!"), centred=True),
        )

    def done(self) -> dict[str, object]:
        t = self.t
        award = DoneState(
            tone=Tone.GOOD,
            headline=t("46 Punkte gutgeschrieben", "46 points awarded"),
            details=(t("Anna Schneider · Einkauf 23,45 €", "Anna Schneider · purchase €23.45"),),
            balance="1.330",
            balance_caption=t("Neuer Punktestand, Punkte", "New balance, points"),
            receipt=self.receipt(),
            undo=t("Rückgängig", "Undo"),
            next_hint=t("Nächste Karte scannen oder Enter drücken", "Scan the next card or press Enter"),
        )
        failed = t("Nicht gebucht: die Platte ist voll", "Not booked: the disk is full")
        return {
            "done": award,
            "done_redeemed": replace(
                award,
                headline=t("36 Punkte gutgeschrieben", "36 points awarded"),
                details=(t("5 € Rabatt für 500 Punkte", "€5 off for 500 points"),),
                take_off=t("5,00 € an der Kasse abziehen", "Take €5.00 off at the register"),
                to_pay=t("Zu zahlen: 18,45 €", "To pay: €18.45"),
                balance="820",
            ),
            "done_void": replace(
                award,
                tone=Tone.INFO,
                headline=t("Rückgängig gemacht", "Undone"),
                details=(t("46 Punkte zurückgenommen", "46 points taken back"),),
                undo="",
            ),
            "done_warn": replace(award, tone=Tone.WARN, receipt=()),
            "done_bad": replace(award, tone=Tone.BAD, headline=failed, balance="", balance_caption="", undo=""),
        }

    def unknown(self) -> dict[str, object]:
        t = self.t
        state = UnknownState(
            card="•••• 0815 7",
            headline=t("Neue Karte", "New card"),
            text=t(
                "Diese Karte hat noch niemand benutzt. Kunden aufnehmen, oder nur der Karte Punkte gutschreiben.",
                "Nobody has used this card yet. Enrol its owner, or award points to the card alone.",
            ),
        )
        return {
            "unknown": state,
            "unknown_points": replace(state, balance=t("58 Punkte auf der Karte", "58 points on the card")),
        }

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
        }

    def history(self) -> dict[str, object]:
        t = self.t
        why = t("1 Punkt je Euro · 2× Happy Hour", "1 point per euro · 2× happy hour")
        lines = tuple(
            replace(line, balance="1.284", why="" if line.tone is Tone.WARN else why) for line in self.bookings() * 3
        )
        state = HistoryState("Anna Schneider", t("1.284 Punkte", "1,284 points"), lines)
        return {
            "history": state,
            "history_empty": replace(state, lines=(), empty=t("Noch keine Buchungen.", "No bookings yet.")),
        }

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
            can_go_on=True,
        )
        slow = t("Der Bericht konnte nicht gelesen werden. (M-190)", "The report could not be read. (M-190)")
        return {
            "report": state,
            "report_busy": replace(state, busy=True, can_go_on=False),
            "report_empty": replace(
                state,
                hours=(),
                rewards=(),
                empty=t("An diesem Tag wurde nichts gebucht.", "Nothing was booked that day."),
            ),
            "report_notice": replace(state, notice=Notice(slow, Tone.BAD)),
            "report_quiet": replace(state, hours=(), rewards=()),
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
