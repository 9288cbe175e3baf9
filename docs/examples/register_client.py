#!/usr/bin/env python3
"""A cash register that talks to the till, as short as it can be and as careful as it has to be.

It needs Python 3.9 or later and nothing else. Start the till with a port for registers (``docs/register.md`` says how),
then:

    python3 register_client.py --token TOKEN --amount 2345

It sends a basket, waits until the customer's card was scanned at the till, shows what to take off and what is left to
pay, and books the sale. With ``--card`` the register reads the card itself, with ``--cancel`` it takes the basket back.

What to copy from here: the sale's id is made before the first request and kept until the end; whatever happens to an
answer, the same request is sent again; and the sum the customer was shown is the sum that is booked (``revision``).
"""

from __future__ import annotations

import argparse
import http.client
import json
import sys
import time
import uuid

HOST = "127.0.0.1"
TRIES = 5
PAUSE_S = 0.5
WAIT_S = 20
ANSWER_S = WAIT_S + 15
MINUTES_FOR_THE_CARD = 5


class Refused(Exception):
    """The till said no, and why: ``code`` is for this program, ``detail`` for the person at the register."""

    def __init__(self, problem: dict) -> None:
        super().__init__(problem["detail"])
        self.code = problem["code"]
        self.detail = problem["detail"]
        self.values = problem.get("values", {})


class Till:
    """The till's interface for registers.

    Args:
        port: Where it listens on this machine.
        token: What ``stammkunde register token show`` prints.
    """

    def __init__(self, port: int, token: str) -> None:
        self._port = port
        self._token = token

    def put(self, sale_id: str, basket: dict) -> dict:
        """Put the basket on the counter, whole; send it again with every article that is added."""
        return self._ask("PUT", f"/v1/sales/{sale_id}", basket)

    def read(self, sale_id: str, known_revision: int = 0, wait_s: int = 0) -> dict:
        """Read the sale; with a revision, wait until it has another one."""
        return self._ask("GET", f"/v1/sales/{sale_id}?revision={known_revision}&seconds={wait_s}")

    def commit(self, sale_id: str, revision: int, receipt: str = "") -> dict:
        """Book the sale as it was shown."""
        return self._ask("POST", f"/v1/sales/{sale_id}/commit", {"revision": revision, "receipt": receipt})

    def cancel(self, sale_id: str) -> dict:
        """Take the basket back."""
        return self._ask("DELETE", f"/v1/sales/{sale_id}")

    def _ask(self, method: str, path: str, message: dict | None = None) -> dict:
        """Send a request, again if need be: the till does nothing twice for the same sale."""
        for attempt in range(1, TRIES + 1):
            try:
                status, answer = self._send(method, path, message)
            except (OSError, http.client.HTTPException, ValueError) as error:
                # Nobody knows whether the till got it. That does not matter: the same id means the same sale.
                if attempt == TRIES:
                    raise Refused({"code": "no_till", "detail": f"The till does not answer: {error}"}) from error
            else:
                if status == http.client.OK:
                    return answer
                if status != http.client.SERVICE_UNAVAILABLE or attempt == TRIES:
                    raise Refused(answer)
            time.sleep(PAUSE_S * attempt)
        raise AssertionError("the last try returns or raises")

    def _send(self, method: str, path: str, message: dict | None) -> tuple[int, dict]:
        line = http.client.HTTPConnection(HOST, self._port, timeout=ANSWER_S)
        headers = {"Authorization": f"Bearer {self._token}"}
        if message is not None:
            headers["Content-Type"] = "application/json"
        try:
            line.request(method, path, None if message is None else json.dumps(message), headers)
            answer = line.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            line.close()


def sell(till: Till, sale_id: str, basket: dict, *, receipt: str) -> dict:
    """One sale, from the basket to the booking."""
    sale = put_in_order(till, sale_id, basket)
    until_s = time.monotonic() + 60 * MINUTES_FOR_THE_CARD
    while sale["state"] == "open" and sale["member"] is None:
        if time.monotonic() > until_s:
            till.cancel(sale_id)  # no card today: the customer pays, and the counter is free again
            raise Refused({"code": "no_card", "detail": "No card was scanned."})
        sale = till.read(sale_id, sale["revision"], WAIT_S)
    while sale["state"] == "open":
        show(sale)
        try:
            sale = till.commit(sale_id, sale["revision"], receipt)
        except Refused as no:
            if no.code != "sale_changed":  # a reward was chosen at the till in this very moment: look again
                raise
            sale = till.read(sale_id)
    return sale  # booked by us, or by the cashier while we waited


def put_in_order(till: Till, sale_id: str, basket: dict) -> dict:
    """Put the basket on the counter; a basket that a crash has left there is taken back first."""
    try:
        return till.put(sale_id, basket)
    except Refused as no:
        if no.code != "another_sale_open":
            raise
        till.cancel(str(no.values["sale_id"]))
        return till.put(sale_id, basket)


def show(sale: dict) -> None:
    """What the register shows the customer before it books."""
    quote = sale["quote"]
    if quote is None:
        raise Refused({"code": sale["refusal"]["code"], "detail": sale["refusal"]["message"]})
    for reward in quote["rewards"]:
        say(f"  {reward['name']}: {reward['points']} points")
    say(f"  to take off  {euros(quote['money_off_cents'])}")
    say(f"  to pay       {euros(quote['to_pay_cents'])}")
    say(f"  points       +{quote['points']}")


def euros(cents: int) -> str:
    """Cents as people write them."""
    return f"{cents // 100}.{cents % 100:02d}"


def say(text: str) -> None:
    """Tell the person at the register."""
    print(text, flush=True)  # noqa: T201 - a program of its own


def arguments() -> argparse.Namespace:
    """What was asked for."""
    asked = argparse.ArgumentParser(description="Send one basket to the till.")
    asked.add_argument("--port", type=int, default=8472, help="the till's port for registers (%(default)s)")
    asked.add_argument("--token", required=True, help="what `stammkunde register token show` prints")
    asked.add_argument("--amount", type=int, default=2345, help="the purchase in cents (%(default)s)")
    asked.add_argument("--currency", default="EUR")
    asked.add_argument("--card", default="", help="the card, when the register reads it")
    asked.add_argument("--receipt", default="", help="the receipt number")
    asked.add_argument("--sale-id", default=str(uuid.uuid4()), help="to repeat a sale whose answer was lost")
    asked.add_argument("--cancel", action="store_true", help="take the basket back instead of booking it")
    return asked.parse_args()


def main() -> int:
    """Sell once."""
    asked = arguments()
    till = Till(asked.port, asked.token)
    basket = {"amount_cents": asked.amount, "currency": asked.currency, "card": asked.card}
    basket["lines"] = [{"sku": "4711", "category": "Backwaren", "quantity": 1, "amount_cents": asked.amount}]
    say(f"sale {asked.sale_id}")
    try:
        if asked.cancel:
            put_in_order(till, asked.sale_id, basket)
            say(till.cancel(asked.sale_id)["state"])
            return 0
        sale = sell(till, asked.sale_id, basket, receipt=asked.receipt)
    except Refused as no:
        say(f"{no.code}: {no.detail}")
        return 1
    if sale["booked"] is None:
        say(sale["state"])
        return 1
    booked = sale["booked"]
    say(f"booked: +{booked['result']['points']} points, balance {booked['balance']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
