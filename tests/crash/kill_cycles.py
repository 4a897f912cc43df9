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
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "e2e"))

from accounts import ACTIVE, Accounts, Broken  # noqa: E402
from families import Families  # noqa: E402
from office import BRANCH, FAMILY, FAMILY_SEATS, FAMILY_SLOTS, KIOSK, SINGLE  # noqa: E402
from office import slots_of, write_office  # noqa: E402
from pipeline import get_all  # noqa: E402
from support.daemon import Client, Daemon  # noqa: E402
from support.office import Keys  # noqa: E402

CYCLES = int(os.environ.get("JANJI_KILL_CYCLES", "200"))
SEED = int(os.environ.get("JANJI_SEED", str(random.SystemRandom().randrange(1 << 32))))
CLIENTS = 4
SETTLE_S = 60  # far longer than a state takes to catch up
BACKLOG_MAX = 128  # the state is written from half as many records on
IN_ORDER = 0.05  # the share of cycles that end with SIGTERM
OFFERS_S = 10  # far longer than the writer takes to offer what is free to who waits
DETAILS = {"details": {"name": "Aminah binti Ali", "phone": "+60 12-345 6789"}}


class World:
    """What is claimed in, and whose key is used at the counter."""

    def __init__(self, daemon, today):
        self.staff = Keys(daemon.data + "/data").add("staff:checkin")
        path = f"/v1/branches/{BRANCH}/services/{SINGLE}/days"
        dates = [d["date"] for d in daemon.request("GET", path).json["days"]]
        self.today, self.dates, self.family_dates = today, dates[3:8], dates[3:4]
        self.single = list(slots_of(daemon, SINGLE, self.dates))
        self.family = list(slots_of(daemon, FAMILY, self.family_dates))[:FAMILY_SLOTS]

    def slots(self, daemon):
        kiosk = slots_of(daemon, KIOSK, [self.today], "kiosk")
        return {**slots_of(daemon, SINGLE, self.dates),
                **{slot_id: {**slot, "passing": True} for slot_id, slot in kiosk.items()}}

    def family_slots(self, daemon):
        return {slot_id: slot for slot_id, slot in
                slots_of(daemon, FAMILY, self.family_dates).items() if slot_id in self.family}


class Load:
    """Clients that claim, alone and as families, walk in, wait, confirm, cancel and complete until
    the daemon is gone."""

    def __init__(self, port, accounts, world, cycle):
        self.port, self.accounts, self.world, self.cycle = port, accounts, world, cycle
        self.broken = None
        self.ending = threading.Event()  # from here on a connection may break
        # Each client looks after its share of all that is booked: seats come back all the time. Dealt
        # out before the first one begins, or who comes late would take what another has just claimed,
        # and with two owners the last answer that is heard needn't be the last one given.
        mine = [{"claim": [], "walk_in": [], "family": []} for _ in range(CLIENTS)]
        for n, booking in enumerate(accounts.bookings.values()):
            if booking.status in ACTIVE:
                kind = "walk_in" if booking.status == "checked_in" else "claim"
                mine[n % CLIENTS][kind].append(booking.reference)
        for n, family in enumerate(accounts.families.all.values()):
            if family.status != "cancelled":
                mine[n % CLIENTS]["family"].append(family.reference)
        self.threads = [threading.Thread(target=self._run, args=(n, mine[n]))
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
                status, body = ask(client, key, request)
            except (OSError, http.client.HTTPException):
                if self.ending.is_set():
                    return  # whether it was done is to be found out
                raise
            self.accounts.answered(key, status, body)
            if status != 201:
                continue
            if request["kind"] in ("group", "group_join"):
                mine["family"].append(body["group"]["reference"])
            else:
                mine[request["kind"]].append(body["booking"]["reference"])

    def _next(self, choice, n, i, mine):
        what = choice.random()
        if what < 0.2:
            return self._next_family(choice, f"{self.cycle:05}{n}{i:05}", mine["family"])
        if what < 0.3:
            return self._next_walk_in(choice, mine["walk_in"])
        what = choice.random()
        if mine["claim"] and what < 0.2:
            return self._change("confirm", choice.choice(mine["claim"]))
        if mine["claim"] and what < 0.5:
            return self._change("cancel", take(choice, mine["claim"]))
        # A few applicants for all clients, so that some try to book twice at once.
        applicant = f"{choice.randrange(4000):012d}" if what < 0.8 else f"9{self.cycle:05}{n}{i:05}"
        return {"kind": "claim", "applicant": applicant, "slot": choice.choice(self.world.single)}

    def _next_walk_in(self, choice, mine):
        if mine and choice.random() < 0.5:
            return {"kind": "complete", "reference": take(choice, mine), "token": self.world.staff}
        return {"kind": "walk_in", "applicant": f"8{choice.randrange(300):011d}",
                "token": self.world.staff}

    def _next_family(self, choice, number, mine):
        what = choice.random()
        if mine and what < 0.2:
            return self._change_family("group_confirm", choice.choice(mine))
        if mine and what < 0.6:
            return self._change_family("group_cancel", take(choice, mine))
        first = choice.randrange(FAMILY_SLOTS - 1)
        # Two that follow each other, or one.
        wants = self.world.family[first:first + choice.randrange(1, 3)]
        # Never more than fit: who is too many for ever would keep all behind him from nothing.
        many = choice.randrange(2, FAMILY_SEATS + 1)
        return {"kind": "group" if what < 0.8 else "group_join", "wants": wants,
                "members": [f"7{number}{k}"[-12:] for k in range(many)]}

    def _change(self, kind, reference):
        return {"kind": kind, "reference": reference,
                "token": self.accounts.bookings[reference].token}

    def _change_family(self, kind, reference):
        return {"kind": kind, "reference": reference,
                "token": self.accounts.families.all[reference].token}


def take(choice, mine):
    return mine.pop(choice.randrange(len(mine)))


def person(number):
    return {"id_type": "mykad", "id_number": number}


def citizen(number):
    return {"category": "citizen", **person(number)}


def path_and_body(request):
    kind = request["kind"]
    if kind == "claim":
        return "/v1/claims", {"slot": request["slot"], "seats": 1,
                              "applicant": citizen(request["applicant"])}
    if kind == "walk_in":
        return "/v1/staff/walk-ins", {"branch": BRANCH, "service": KIOSK,
                                      "applicant": citizen(request["applicant"]), **DETAILS}
    if kind == "complete":
        return f"/v1/staff/bookings/{request['reference']}/complete", None
    if kind in ("group", "group_join"):
        members = request["members"]
        span = {"from": request["wants"][0], "to": request["wants"][-1]}
        body = {"members": [person(m) for m in members], "claimant": citizen(members[0])}
        if kind == "group":
            return "/v1/groups", {"parts": [{**span, "members": len(members)}], **body}
        return "/v1/waitlist/groups", {**span, **body}
    if kind.startswith("group_"):
        step = kind.removeprefix("group_")
        return f"/v1/groups/{request['reference']}/{step}", DETAILS if step == "confirm" else None
    return f"/v1/bookings/{request['reference']}/{kind}", DETAILS if kind == "confirm" else None


def ask(client, key, request):
    headers = {"Idempotency-Key": f'"{key}"'}
    if "token" in request:
        headers["Authorization"] = f"Bearer {request['token']}"
    path, body = path_and_body(request)
    reply = client.request("POST", path, body, headers)
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


def look_at_all(daemon, what, all_of):
    requests = [(f"/v1/{what}/{reference}", one.token) for reference, one in all_of.items()]
    return dict(zip(all_of, get_all(daemon.port, requests)))


def check(daemon, accounts, world):
    accounts.check_bookings(look_at_all(daemon, "bookings", accounts.bookings))
    accounts.check_applicants()
    accounts.check_slots(world.slots(daemon))
    check_families(daemon, accounts.families, world)


def check_families(daemon, families, world):
    """Seats are offered behind the answers, in rounds of the writer's: this looks until none are."""
    end = time.monotonic() + OFFERS_S
    while True:
        families.check_told(look_at_all(daemon, "groups", families.all))
        words = families.check_slots(world.family_slots(daemon))
        if words is None:
            return
        if time.monotonic() > end:
            raise Broken(words)


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


def main():
    print(f"seed {SEED}, {CYCLES} cycles", flush=True)
    choice = random.Random(SEED)
    families = Families()
    accounts = Accounts(families)
    begun = time.monotonic()
    folder = tempfile.TemporaryDirectory(prefix="janji-crash-")
    catalogue, today = write_office(folder.name + "/catalogue")
    # Ended bookings are kept for a day: room for all that this run can make.
    with folder, Daemon(os.environ["JANJID"], "--bookings-max", str(20_000 + 500 * CYCLES),
                        "--backlog-max", str(BACKLOG_MAX), catalogue=catalogue) as daemon:
        world = World(daemon, today)
        checkpoints = Checkpoints(daemon)
        for cycle in range(1, CYCLES + 1):
            load = Load(daemon.port, accounts, world, cycle)
            # The moment of the kill: no synchronisation, only chance.
            time.sleep(choice.uniform(0.02, 0.25))
            kill = choice.random() >= IN_ORDER
            checkpoints.before_the_end(daemon, kill)
            end(daemon, load, kill)
            daemon.start()
            checkpoints.after_the_start(daemon)
            settle(daemon, accounts)
            check(daemon, accounts, world)
            if cycle % 20 == 0 or cycle == CYCLES:
                active = sum(b.status in ACTIVE for b in accounts.bookings.values())
                print(f"{cycle} ends, {checkpoints.kills} kills, of which {checkpoints.with_steps} "
                      f"after a checkpoint, {accounts.acknowledged} acknowledged, "
                      f"{len(accounts.bookings)} bookings, {active} active, "
                      f"{len(accounts.numbers)} walk-ins, {families.claimed} families, "
                      f"{families.joined} that waited, {families.offered} that were offered seats, "
                      f"{time.monotonic() - begun:.0f} s", flush=True)
    if accounts.acknowledged < CYCLES:
        raise SystemExit("too little was acknowledged for this to mean anything")
    for what in (len(accounts.numbers), families.claimed, families.joined, families.offered):
        if what < CYCLES / 4:
            raise SystemExit("too few walk-ins, families or offers for this to mean anything")
    checkpoints.check()
    print(f"counted {checkpoints.kills} kills")
    print("nothing lost, nothing sold twice")


if __name__ == "__main__":
    try:
        main()
    except Broken as broken:
        raise SystemExit(f"seed {SEED}: {broken}") from broken
