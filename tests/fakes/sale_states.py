"""Realistic states of the screens of a sale: idle, member, rewards, result, new card."""

from __future__ import annotations

import msgspec

from hardware.receipt import WIDTH_80_MM, ReceiptLine, ReceiptStyle, lay_out, rule
from terminal.presenters.receipt_states import Paper
from terminal.presenters.states import (
    BookingLine,
    DoneState,
    IdleState,
    MemberState,
    Notice,
    RedeemState,
    RewardCard,
    Tile,
    Tone,
    UnknownState,
)
from texts.qr import qr_rows

replace = msgspec.structs.replace

LONG_NAME = "Maximiliane-Charlotte von Hohenstaufen-Wittelsbach zu Brandenburg"

KEYS = {
    "F1": ("Hilfe", "Help"),
    "F2": ("Neues Mitglied", "New member"),
    "F3": ("Suchen", "Search"),
    "F4": ("Einlösen", "Redeem"),
    "F5": ("Verlauf", "History"),
    "F6": ("Storno", "Void"),
    "F7": ("Zentrale", "Head office"),
    "F8": ("Bericht", "Report"),
    "F9": ("Rückgängig", "Undo"),
    "F10": ("Sperren", "Lock"),
    "Esc": ("Zurück", "Back"),
}


class Wordings:
    """Texts in one language.

    Args:
        language: "de" or "en".
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self._german = language == "de"

    def t(self, german: str, english: str) -> str:
        """The text of this language."""
        return german if self._german else english


class SaleStates(Wordings):
    """The states of the screens a customer sees in the making."""

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

    def _unsafe(self, reward: RewardCard) -> RewardCard:
        """The reward locked when it needs more than is safe."""
        if reward.reward_id != "ten":
            return reward
        cost = self.t("2.500 Punkte · jetzt nicht sicher", "2,500 points · not safe now")
        return replace(reward, affordable=False, cost=cost)

    def offline_note(self) -> Notice:
        """The longest of the notes about what is safe to redeem."""
        t = self.t
        sentence = t(
            "Offline: 800 Punkte sicher einlösbar; mehr gibt es für ein Mitglied erst, wenn die Zentrale antwortet. "
            "Stand: Heute 14:02.",
            "Offline: 800 points safe to redeem; no more for one member until head office answers. As of: Today 14:02.",
        )
        return Notice(sentence, Tone.WARN)

    def member_of_head_office(self) -> dict[str, object]:
        """Variants of a till that has joined."""
        t, anna = self.t, self.anna()
        return {
            "member_offline": replace(
                anna,
                bookings_caption=t("Letzte Buchungen an dieser Kasse", "Last bookings at this till"),
                account_note=self.offline_note(),
                rewards=tuple(self._unsafe(reward) for reward in anna.rewards),
            ),
            "member_joined_debt": replace(
                anna,
                balance="−40",
                debt=True,
                worth=t("Schuld: die nächsten Punkte tilgen sie.", "Debt: the next points pay it off."),
                account_note=Notice(
                    t(
                        "Im Minus: Punkte wurden zurückgenommen oder an zwei Kassen zugleich eingelöst. Die nächsten "
                        "Punkte gleichen es aus; Einlösen geht erst danach.",
                        "In debt: points were taken back, or redeemed at two tills at once. The next points pay it "
                        "off; redeeming waits until then.",
                    ),
                    Tone.BAD,
                ),
                rewards=tuple(replace(reward, affordable=False) for reward in anna.rewards),
            ),
        }

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
            **self.member_of_head_office(),
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
                account_note=self.offline_note(),
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
            "redeem_offline": replace(
                base, notice=self.offline_note(), rewards=tuple(self._unsafe(reward) for reward in base.rewards)
            ),
            "redeem_refused": replace(base, notice=Notice(refused, Tone.BAD)),
            "redeem_empty": replace(
                base, rewards=(), empty=t("Es gibt keine Prämien.", "The programme has no rewards.")
            ),
            "redeem_busy": replace(chosen, busy=True),
        }

    def receipt(self) -> Paper:
        """A strip of 80 mm with a code under it, as another till's receipt has it."""
        t = self.t
        strong, centred, title = ReceiptStyle.STRONG, ReceiptStyle.CENTRED, ReceiptStyle.TITLE
        lines = (
            ReceiptLine("Bäckerei Morgenrot", style=title),
            ReceiptLine("21.11.2026 14:32", t("Kasse 2", "Till 2")),
            rule(),
            ReceiptLine(t("Einkauf", "Purchase"), t("23,45 €", "€23.45")),
            ReceiptLine(t("5 € Rabatt", "€5 off"), t("−5,00 €", "−€5.00")),
            ReceiptLine(t("· Punkte eingelöst", "· Points redeemed"), "−500"),
            ReceiptLine(t("An der Kasse 5,00 € abziehen", "Take €5.00 off at the register")),
            ReceiptLine(t("Zu zahlen", "To pay"), t("18,45 €", "€18.45"), strong),
            ReceiptLine(t("Punkte für diesen Einkauf", "Points for this purchase"), "+36", strong),
            rule(),
            ReceiptLine(t("Neuer Punktestand", "New balance"), "820", strong),
            ReceiptLine(t("300 Punkte gelten bis 31.12.2027", "300 points are valid until 31 Dec 2027")),
            ReceiptLine(),
            ReceiptLine(t("Kein Kassenbeleg", "Not a fiscal receipt"), style=centred),
            rule(),
            ReceiptLine("01a1fd55-7a80-700b-\na579-82bd93bd04cf", style=centred),
            ReceiptLine(t("Für eine Rückgabe an einer anderen Kasse", "For a return at another till"), style=centred),
        )
        return Paper(WIDTH_80_MM, tuple(lay_out(lines, WIDTH_80_MM)), qr_rows("SKR1" + "0123456789ABCDEFGHJK" * 10))

    def done(self) -> dict[str, object]:
        t = self.t
        award = DoneState(
            tone=Tone.GOOD,
            headline=t("46 Punkte gutgeschrieben", "46 points awarded"),
            details=(t("Anna Schneider · Einkauf 23,45 €", "Anna Schneider · purchase €23.45"),),
            balance="1.330",
            balance_caption=t("Neuer Punktestand, Punkte", "New balance, points"),
            receipt=self.receipt(),
            print_action=t("Beleg drucken", "Print the receipt"),
            keep_action=t("Beleg offen lassen", "Keep the receipt open"),
            undo=t("Rückgängig", "Undo"),
            next_action=t("Nächster Kunde", "Next customer"),
            next_hint=t("Nächste Karte scannen oder Enter drücken", "Scan the next card or press Enter"),
        )
        no_paper = t(
            "Der Drucker hat kein Papier. Neue Rolle einlegen; der Beleg folgt von selbst. (M-331)",
            "The printer has no paper. Put in a new roll; the receipt follows by itself. (M-331)",
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
            "done_no_paper": replace(
                award,
                headline=t("36 Punkte gutgeschrieben", "36 points awarded"),
                take_off=t("5,00 € an der Kasse abziehen", "Take €5.00 off at the register"),
                to_pay=t("Zu zahlen: 18,45 €", "To pay: €18.45"),
                printer=Notice(no_paper, Tone.WARN),
                print_enabled=False,
                keep_action=t("Als PDF speichern", "Save as PDF"),
            ),
            "done_printed": replace(
                award,
                printer=Notice(t("Beleg gedruckt.", "Receipt printed."), Tone.GOOD),
                print_action=t("Kopie drucken", "Print a copy"),
            ),
            "done_no_printer": replace(award, print_action=t("Beleg zeigen", "Show the receipt"), keep_action=""),
            "done_warn": replace(award, tone=Tone.WARN, receipt=None),
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
