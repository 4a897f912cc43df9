"""What was acknowledged of groups: claimed at once, or waiting until the daemon offers them seats."""

import collections

from accounts import ACTIVE, Broken


class Family:
    def __init__(self, body, wants):
        group = body["group"]
        self.reference, self.token, self.wants = group["reference"], body["token"], wants
        self.members = [m["reference"] for m in group["members"]]
        self.status = common_status(group)
        self.slots = slots_of(group)


def common_status(group):
    """What all of its members are: a family is never torn apart here."""
    statuses = {member["status"] for member in group["members"]}
    if len(statuses) != 1:
        raise Broken(f"{group['reference']} is torn apart: {statuses}")
    return statuses.pop()


def slots_of(group):
    """In the order of the members; none while they wait."""
    return [m["slot"]["id"] for m in group["members"] if m["status"] in ACTIVE]


class Families:
    """Not to be shared by threads without the lock of the accounts."""

    def __init__(self):
        self.all = {}  # by reference
        self.claimed = self.joined = self.offered = 0

    def answered(self, request, status, body):
        """True: something was granted."""
        if status not in (200, 201):
            return False
        group = body["group"]
        if request["kind"] in ("group", "group_join"):
            known = self.all.get(group["reference"])
            if known is None:
                made = Family(body, request["wants"])
                # Who joins may have been offered seats before he asked again.
                first = ("held",) if request["kind"] == "group" else ("waiting", "held")
                if made.status not in first:
                    raise Broken(f"{made.reference}: a new {request['kind']} is {made.status}")
                self.all[made.reference] = made
                self.claimed += request["kind"] == "group"
                self.joined += request["kind"] == "group_join"
            elif known.token != body["token"]:
                raise Broken(f"{known.reference} has two tokens")
            return True
        wanted = {"group_confirm": "confirmed", "group_cancel": "cancelled"}[request["kind"]]
        family = self.all[group["reference"]]
        if common_status(group) != wanted:
            raise Broken(f"{family.reference}: {request['kind']} answered {status}, but it is "
                         f"{common_status(group)}")
        self._is(family, wanted, slots_of(group))
        return True

    def _is(self, family, status, slots):
        if family.status == "waiting" and status in ACTIVE:
            self.offered += 1
            if not set(slots) <= set(family.wants):
                raise Broken(f"{family.reference} waited for {family.wants}, and has {slots}")
        elif status in ACTIVE and slots != family.slots:
            raise Broken(f"{family.reference} had {family.slots}, and has {slots}")
        family.status, family.slots = status, slots

    def check_told(self, replies):
        """replies: {reference: (status, body)} of all. No request is unanswered."""
        for family in self.all.values():
            status, body = replies[family.reference]
            if status != 200:
                raise Broken(f"{family.reference}, acknowledged as {family.status}, is gone: "
                             f"{status} {body}")
            now = common_status(body["group"])
            if [m["reference"] for m in body["group"]["members"]] != family.members:
                raise Broken(f"{family.reference} has other members")
            # Seats are offered unasked; everything else was asked for.
            if now != family.status and (family.status, now) != ("waiting", "held"):
                raise Broken(f"{family.reference} was acknowledged as {family.status}, but is {now}")
            self._is(family, now, slots_of(body["group"]))

    def check_slots(self, slots):
        """slots: as in Accounts. Returns what may still be on its way, in words, or nothing."""
        taken = collections.Counter(slot for f in self.all.values() if f.status in ACTIVE
                                    for slot in f.slots)
        waited_for = {slot for f in self.all.values() if f.status == "waiting" for slot in f.wants}
        for slot_id, slot in slots.items():
            if taken[slot_id] > slot["capacity"]:
                raise Broken(f"{slot_id}: {taken[slot_id]} seats sold of {slot['capacity']}")
            left = slot["capacity"] - taken[slot_id]
            if slot["free"] != left and slot_id not in waited_for:
                return f"{slot_id}: {slot['free']} are free, though {left} weren't given to anybody"
        for family in self.all.values():
            left = sum(slots[slot]["capacity"] - taken[slot] for slot in family.wants)
            if family.status == "waiting" and left >= len(family.members):
                return f"{family.reference} waits where {left} seats are free"
        return None
