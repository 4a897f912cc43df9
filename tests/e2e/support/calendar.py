"""Finds something to claim, and claims it."""

import datetime
import itertools
import json

BRANCH, SERVICE = "kajang", "keselamatan-pasport"
_keys = itertools.count(1)
_people = itertools.count(1)


def key():
    return f'"key-{next(_keys)}"'


def person():
    """An applicant whom nobody had before."""
    return {"category": "citizen", "id_type": "mykad", "id_number": f"{next(_people):012d}"}


def days(daemon, branch=BRANCH, service=SERVICE, query=""):
    return daemon.request("GET", f"/v1/branches/{branch}/services/{service}/days{query}")


def slots(daemon, date, branch=BRANCH, service=SERVICE):
    return daemon.request("GET", f"/v1/branches/{branch}/services/{service}/slots?date={date}")


def free_day(daemon, nth=1):
    """A day with seats: not the first one, whose slots pass while a test runs."""
    return [d for d in days(daemon).json["days"] if d["status"] == "available"][nth]


def free_slot(daemon, nth=0):
    return [s for s in slots(daemon, free_day(daemon)["date"]).json["slots"]
            if s["status"] == "available"][nth]


def claim_body(slot_id, applicant=None, **more):
    return {"slot": slot_id, "applicant": applicant or person(), **more}


def claim(daemon, body, idempotency_key=None):
    return daemon.request("POST", "/v1/claims", body,
                          {"Idempotency-Key": idempotency_key or key()})


class Booked:
    """A booking with its token."""

    def __init__(self, daemon, slot_id=None, applicant=None):
        self.daemon = daemon
        reply = claim(daemon, claim_body(slot_id or free_slot(daemon)["id"], applicant))
        assert reply.status == 201, reply.text
        self.reference = reply.json["booking"]["reference"]
        self.token = reply.json["token"]
        self.path = f"/v1/bookings/{self.reference}"

    def headers(self, idempotency_key=None):
        return {"Authorization": f"Bearer {self.token}",
                "Idempotency-Key": idempotency_key or key()}

    def get(self):
        return self.daemon.request("GET", self.path, None, self.headers())

    def confirm(self, details=None, idempotency_key=None):
        details = details or {"name": "Aminah", "phone": "+60 12-345 6789"}
        return self.daemon.request("POST", self.path + "/confirm", {"details": details},
                                   self.headers(idempotency_key))

    def reschedule(self, slot_id, idempotency_key=None):
        return self.daemon.request("POST", self.path + "/reschedule", {"slot": slot_id},
                                   self.headers(idempotency_key))

    def cancel(self, idempotency_key=None):
        return self.daemon.request("POST", self.path + "/cancel", None,
                                   self.headers(idempotency_key))


def ledger_of(daemon):
    """All that clients can see of the ledger's availability, as one value: but not today's, whose
    slots pass."""
    month = days(daemon).json["days"][1:]
    day = slots(daemon, free_day(daemon)["date"]).json
    return json.dumps([month, day], sort_keys=True)


def without_expiry(booking):
    """A booking but for its `expires_at`: the time that a hold still has, added to the time of day,
    which can make a second more or less."""
    return {name: value for name, value in booking.items() if name != "expires_at"}


def minutes_between(one, other):
    moments = [datetime.datetime.fromisoformat(text) for text in (one, other)]
    return (moments[0] - moments[1]).total_seconds() / 60


def later(date, days_later):
    return str(datetime.date.fromisoformat(date) + datetime.timedelta(days=days_later))
