"""Kills the real janjid again and again under load, and holds it to everything it acknowledged.

A few times it is ended in order instead. Its backlog is kept so short that it writes its state and
trims its journal all the time: kills meet both, and it starts from the state's rows.

Environment: JANJID (the program), JANJI_KILL_CYCLES (200), JANJI_SEED (drawn and printed).
"""

import http.client
import os
import pathlib
import random
import re
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "e2e"))

from accounts import ACTIVE, Accounts, Broken  # noqa: E402
from pipeline import get_all  # noqa: E402
from support.daemon import Client, Daemon  # noqa: E402

CYCLES = int(os.environ.get("JANJI_KILL_CYCLES", "200"))
SEED = int(os.environ.get("JANJI_SEED", str(random.SystemRandom().randrange(1 << 32))))
CLIENTS = 4
SETTLE_S = 60  # far longer than a state takes to catch up
BACKLOG_MAX = 128  # the state is written from half as many records on
IN_ORDER = 0.05  # the share of cycles that end with SIGTERM
BRANCH, SERVICE = "kangar", "keselamatan-pasport"  # one seat a slot: they are fought for
DETAILS = {"details": {"name": "Aminah binti Ali", "phone": "+60 12-345 6789"}}


class Load:
    """Clients that claim, confirm and cancel until the daemon is gone."""

    def __init__(self, port, accounts, slots, cycle):
        self.port, self.accounts, self.slots, self.cycle = port, accounts, slots, cycle
        self.broken = None
        self.ending = threading.Event()  # from here on a connection may break
        # Each client looks after its share of all that is booked: seats come back all the time. Dealt
        # out before the first one begins, or who comes late would take what another has just claimed,
        # and with two owners the last answer that is heard needn't be the last one given.
        known = list(accounts.bookings.values())
        shares = [[b.reference for b in known[n::CLIENTS] if b.status in ACTIVE]
                  for n in range(CLIENTS)]
        self.threads = [threading.Thread(target=self._run, args=(n, shares[n]))
                        for n in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def join(self):
        for thread in self.threads:
            thread.join()
        if self.broken:
            raise self.broken

    def _run(self, n, mine):
        try:
            self._send_requests(n, mine)
        except Exception as error:  # a promise that was broken, or this test itself
            self.broken = error

    def _send_requests(self, n, mine):
        choice = random.Random(f"{SEED}/{self.cycle}/{n}")
        client = Client(self.port)
        for i in range(100_000):
            key = f"{self.cycle}-{n}-{i}"
            request = self._next(choice, n, i, mine)
            self.accounts.sent(key, request)
            try:
                reply = ask(client, key, request)
            except (OSError, http.client.HTTPException):
                if self.ending.is_set():
                    return  # whether it was done is to be found out
                raise
            self.accounts.answered(key, *reply)
            if request["kind"] == "claim" and reply[0] == 201:
                mine.append(reply[1]["booking"]["reference"])

    def _next(self, choice, n, i, mine):
        what = choice.random()
        if mine and what < 0.2:
            return self._change("confirm", choice.choice(mine))
        if mine and what < 0.5:
            return self._change("cancel", mine.pop(choice.randrange(len(mine))))
        # A few applicants for all clients, so that some try to book twice at once.
        applicant = f"{choice.randrange(4000):012d}" if what < 0.8 else f"9{self.cycle:05}{n}{i:05}"
        return {"kind": "claim", "applicant": applicant, "slot": choice.choice(self.slots)}

    def _change(self, kind, reference):
        return {"kind": kind, "reference": reference,
                "token": self.accounts.bookings[reference].token}


def ask(client, key, request):
    headers = {"Idempotency-Key": f'"{key}"'}
    if request["kind"] == "claim":
        reply = client.request("POST", "/v1/claims", {
            "slot": request["slot"], "seats": 1,
            "applicant": {"category": "citizen", "id_type": "mykad",
                          "id_number": request["applicant"]}}, headers)
    else:
        headers["Authorization"] = f"Bearer {request['token']}"
        reply = client.request("POST", f"/v1/bookings/{request['reference']}/{request['kind']}",
                               DETAILS if request["kind"] == "confirm" else None, headers)
    return reply.status, reply.json


def settle(daemon, accounts):
    """Asks again, under the same keys, whatever got no answer."""
    client = Client(daemon.port)
    end = time.monotonic() + SETTLE_S
    while time.monotonic() < end:
        for key, request in list(accounts.unanswered.items()):
            accounts.answered(key, *ask(client, key, request))
        if not accounts.unanswered:
            return
        time.sleep(0.05)  # overloaded until the state has caught up
    raise Broken(f"no definite answer to {accounts.unanswered}")


def check(daemon, accounts, slots):
    references = list(accounts.bookings)
    requests = [(f"/v1/bookings/{r}", accounts.bookings[r].token) for r in references]
    accounts.check_bookings(dict(zip(references, get_all(daemon.port, requests))))
    accounts.check_applicants()
    accounts.check_slots({s["id"]: s for s in all_slots(daemon) if s["id"] in slots})


class Checkpoints:
    """Whether the ends met what they are meant to meet, and that the state never goes back."""

    def __init__(self, daemon):
        self.kills = self.with_state = self.with_steps = 0
        self.begun_at = self.applied = applied_lsn(daemon)

    def before_the_end(self, daemon, kill):
        self.applied = applied_lsn(daemon)
        if kill:
            self.kills += 1
            self.with_state += self.applied > 0
            self.with_steps += self.applied > self.begun_at

    def after_the_start(self, daemon):
        self.begun_at = applied_lsn(daemon)
        if self.begun_at < self.applied:
            raise Broken(f"the state had all records up to {self.applied}, and after the start "
                         f"those up to {self.begun_at} only")

    def check(self):
        if self.kills and not (self.with_state and self.with_steps):
            raise SystemExit(f"of {self.kills} kills {self.with_state} left a state to begin from "
                             f"and {self.with_steps} came after a step of it: this means nothing")


def applied_lsn(daemon):
    """The last record that is durably in the state."""
    text = daemon.request("GET", "/metrics").text
    return int(float(re.search(r"^janji_applied_lsn (\S+)$", text, re.MULTILINE).group(1)))


def end(daemon, load, kill):
    load.ending.set()
    if kill:
        daemon.kill()
        load.join()
    else:
        daemon.terminate()
        load.join()
        daemon.ends_with(0)


def all_slots(daemon):
    path = f"/v1/branches/{BRANCH}/services/{SERVICE}"
    days = daemon.request("GET", path + "/days").json["days"]
    dates = [d["date"] for d in days if d["status"] in ("available", "full")][3:18]
    found = []
    for date in dates:
        found += daemon.request("GET", f"{path}/slots?date={date}").json["slots"]
    return found


def main():
    print(f"seed {SEED}, {CYCLES} cycles", flush=True)
    choice = random.Random(SEED)
    accounts = Accounts()
    begun = time.monotonic()
    # Ended bookings are kept for a day: room for all that this run can make.
    with Daemon(os.environ["JANJID"], "--bookings-max", str(20_000 + 300 * CYCLES),
                "--backlog-max", str(BACKLOG_MAX)) as daemon:
        slots = [s["id"] for s in all_slots(daemon)]
        checkpoints = Checkpoints(daemon)
        for cycle in range(1, CYCLES + 1):
            load = Load(daemon.port, accounts, slots, cycle)
            # The moment of the kill: no synchronisation, only chance.
            time.sleep(choice.uniform(0.02, 0.25))
            kill = choice.random() >= IN_ORDER
            checkpoints.before_the_end(daemon, kill)
            end(daemon, load, kill)
            daemon.start()
            checkpoints.after_the_start(daemon)
            settle(daemon, accounts)
            check(daemon, accounts, set(slots))
            if cycle % 20 == 0 or cycle == CYCLES:
                active = sum(b.status in ACTIVE for b in accounts.bookings.values())
                print(f"{cycle} ends, {checkpoints.kills} kills, of which {checkpoints.with_steps} "
                      f"after a checkpoint, {accounts.acknowledged} acknowledged, "
                      f"{len(accounts.bookings)} bookings, {active} active, "
                      f"{time.monotonic() - begun:.0f} s", flush=True)
    if accounts.acknowledged < CYCLES:
        raise SystemExit("too little was acknowledged for this to mean anything")
    checkpoints.check()
    print(f"counted {checkpoints.kills} kills")
    print("nothing lost, nothing sold twice")


if __name__ == "__main__":
    try:
        main()
    except Broken as broken:
        raise SystemExit(f"seed {SEED}: {broken}") from broken
