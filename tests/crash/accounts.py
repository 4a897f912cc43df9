"""What the clients were told, and whether the daemon still says the same.

A client notes each request before it is sent and its answer when it comes. A request without an
answer may have happened or not; it is asked again under its key, and then it is known too.
"""

import collections
import threading

ACTIVE = ("held", "confirmed", "checked_in")


class Broken(AssertionError):
    """The daemon broke a promise."""


class Booking:
    def __init__(self, reference, token, slot, applicant, seats, status):
        self.reference, self.token, self.slot = reference, token, slot
        self.applicant, self.seats, self.status = applicant, seats, status
        self.answers = []  # to what was asked of it, for the words when it is another


class Accounts:
    def __init__(self, families=None):
        self.lock = threading.Lock()
        self.families = families  # what is asked of groups is theirs
        self.bookings = {}  # by reference
        self.unanswered = {}  # idempotency key to request
        self.numbers = {}  # of walk-ins: whose each is
        self.acknowledged = 0

    def sent(self, key, request):
        with self.lock:
            self.unanswered[key] = request

    def answered(self, key, status, body):
        """Takes in an answer. Raises Broken when it contradicts an earlier one."""
        with self.lock:
            request = self.unanswered.pop(key)
            if status in (500, 503):
                self.unanswered[key] = request  # nothing is known yet: to be asked again
                return
            if request["kind"].startswith("group"):
                self.acknowledged += self.families.answered(request, status, body)
            elif request["kind"] in ("claim", "walk_in"):
                self._claimed(request, status, body)
            else:
                self._changed(request, status, body)

    def _claimed(self, request, status, body):
        if status != 201:
            return
        told = body["booking"]
        self.acknowledged += 1
        known = self.bookings.get(told["reference"])
        if known is None:
            self.bookings[told["reference"]] = Booking(
                told["reference"], body["token"], told["slot"]["id"], request["applicant"],
                told["seats"], told["status"])
        elif known.token != body["token"]:
            raise Broken(f"{told['reference']} has two tokens")
        if request["kind"] == "walk_in":
            owner = self.numbers.setdefault(told["queue_number"], told["reference"])
            if owner != told["reference"]:
                raise Broken(f"{owner} and {told['reference']} are both number "
                             f"{told['queue_number']}")

    def _changed(self, request, status, body):
        booking = self.bookings[request["reference"]]
        booking.answers.append((request["kind"], status, (body or {}).get("code")))
        if status != 200:
            return
        self.acknowledged += 1
        wanted = {"confirm": "confirmed", "cancel": "cancelled",
                  "complete": "completed"}[request["kind"]]
        if body["booking"]["status"] != wanted:
            raise Broken(f"{booking.reference}: {request['kind']} answered 200, but it is "
                         f"{body['booking']['status']}")
        booking.status = wanted

    def check_bookings(self, replies):
        """replies: {reference: (status, body)} for every booking. No request is unanswered."""
        for booking in self.bookings.values():
            status, body = replies[booking.reference]
            if status != 200:
                raise Broken(f"{booking.reference}, acknowledged as {booking.status}, is gone: "
                             f"{status} {body}")
            now = body["booking"]
            if now["status"] != booking.status or now["slot"]["id"] != booking.slot:
                raise Broken(f"{booking.reference} was acknowledged as {booking.status} in "
                             f"{booking.slot}, but is {now['status']} in {now['slot']['id']}; "
                             f"its answers: {booking.answers}")
            if "queue_number" in now and self.numbers[now["queue_number"]] != booking.reference:
                raise Broken(f"{booking.reference} has another queue number than it was given")

    def check_applicants(self):
        owners = collections.Counter(b.applicant for b in self.bookings.values()
                                     if b.status in ACTIVE)
        for applicant, many in owners.items():
            if many > 1:
                raise Broken(f"applicant {applicant} has {many} active bookings")

    def check_slots(self, slots):
        """slots: {id: {"capacity", "free"}} of every slot that was claimed in, "passing" those of
        today. Nobody else claims, so what is taken is what was acknowledged, to the seat."""
        taken = collections.Counter()
        for booking in self.bookings.values():
            if booking.status in ACTIVE:
                taken[booking.slot] += booking.seats
        for slot_id, slot in slots.items():
            if taken[slot_id] > slot["capacity"]:
                raise Broken(f"{slot_id}: {taken[slot_id]} seats sold of {slot['capacity']}")
            if slot.get("passing") and slot["free"] == 0:
                continue  # it may be over
            if slot["free"] != slot["capacity"] - taken[slot_id]:
                raise Broken(f"{slot_id}: {slot['free']} free of {slot['capacity']}, but "
                             f"{taken[slot_id]} were acknowledged")
