"""The catalogue's files, edited while the daemon serves: looked at, then read anew."""

import json
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import threading
import unittest

from support.calendar import Booked, claim, claim_body, days, key, later, slots
from support.case import PROGRAM
from support.daemon import Daemon, until
from support.office import Keys, write_catalogue

JANJICTL = os.environ["JANJICTL"]


class CatalogueCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="janji-e2e-")
        self.addCleanup(folder.cleanup)
        self.files = pathlib.Path(folder.name)
        self.daemon = Daemon(PROGRAM, catalogue=write_catalogue(self.files))
        self.addCleanup(self.daemon.__exit__)
        self.daemon.start()
        self.keys = Keys(self.daemon.data + "/data")
        self.admin = self.keys.add("catalogue")
        self.staff = self.keys.add("staff:read;staff:calendar;feed")
        self.north = self.keys.add("catalogue", "north")
        self.today = days(self.daemon, "north", "passport").json["days"][0]["date"]

    def reload(self, body, token=None, idempotency_key=None):
        return self.daemon.request("POST", "/v1/admin/catalogue/reload", body, {
            "Authorization": f"Bearer {token or self.admin}",
            "Idempotency-Key": idempotency_key or key()})

    def as_staff(self, verb, path, body=None):
        return self.daemon.request(verb, path, body, {
            "Authorization": f"Bearer {self.staff}", "Idempotency-Key": key()})

    def look(self):
        reply = self.reload({"dry_run": True})
        self.assertEqual(200, reply.status, reply.text)
        self.assertEqual("previewed", reply.json["catalogue"]["status"])
        return reply.json["catalogue"]

    def append(self, name, line):
        with open(self.files / name, "a", encoding="utf-8") as file:
            file.write(line + "\n")

    def replace(self, name, old, new):
        text = (self.files / name).read_text(encoding="utf-8")
        self.assertIn(old, text)
        (self.files / name).write_text(text.replace(old, new), encoding="utf-8")

    def booked(self, date, nth=0, branch="north"):
        slot = slots(self.daemon, date, branch, "passport").json["slots"][nth]["id"]
        made = Booked(self.daemon, slot)
        self.assertEqual(200, made.confirm().status)
        return made

    def told(self):
        events, after = [], 0
        while True:
            page = self.as_staff("GET", f"/v1/feed?after={after}&limit=500").json
            events += page["events"]
            if page["next"] == after or not page["events"]:
                return events
            after = page["next"]

    def displaced(self):
        found = self.as_staff("POST", "/v1/staff/bookings/search", {"status": "displaced"})
        self.assertEqual(200, found.status, found.text)
        return {one["reference"] for one in found.json["bookings"]}

    def refused(self, reply, status, code):
        self.assertEqual((status, code), (reply.status, reply.json.get("code")), reply.text)


class Reload(CatalogueCase):
    def test_a_new_holiday_is_seen_first_then_displaces_and_everybody_is_moved(self):
        date = later(self.today, 3)
        first, second = self.booked(date, 40), self.booked(date, 41, "south")
        other = self.booked(later(self.today, 4), 40)
        before = self.daemon.request("GET", "/v1/catalogue")
        self.append("holidays.csv", f"{date},MY-10,Founders' Day,public")
        seen = self.look()
        self.assertEqual(2, seen["displaced"])
        self.assertEqual(0, seen["lanes"])
        day = seen["days"][0]
        self.assertEqual((date, "Founders' Day", 1, 95),
                         (day["date"], day["reason"], day["displaced"], day["closed"]))
        self.assertEqual(set(), self.displaced())  # nothing was done

        # Everybody else is served all the time.
        stop, served = threading.Event(), []
        free = [slot["id"] for slot in
                slots(self.daemon, later(self.today, 5), "north", "passport").json["slots"]]

        def others():
            for slot in free:
                if stop.is_set():
                    return
                served.append(claim(self.daemon, claim_body(slot)).status)

        thread = threading.Thread(target=others)
        thread.start()
        until(lambda: len(served) >= 5)
        asked = key()
        done = self.reload({"digest": seen["digest"]}, idempotency_key=asked)
        self.assertEqual(200, done.status, done.text)
        self.assertEqual("in_use", done.json["catalogue"]["status"])
        many = len(served)
        until(lambda: len(served) >= min(many + 5, len(free)))
        stop.set()
        thread.join()
        self.assertEqual({201}, set(served))

        again = self.reload({"digest": seen["digest"]}, idempotency_key=asked)
        self.assertEqual((200, "true"), (again.status, again.headers["idempotency-replayed"]))
        until(lambda: self.displaced() == {first.reference, second.reference})
        self.assertEqual("confirmed", other.get().json["booking"]["status"])
        closed = slots(self.daemon, date, "north", "passport").json
        self.assertEqual(("closed", "Founders' Day"),
                         (closed["day"]["status"], closed["day"]["reason"]))
        self.refused(claim(self.daemon, claim_body(closed["slots"][0]["id"])), 409, "closed")
        after = self.daemon.request("GET", "/v1/catalogue")
        self.assertEqual(before.headers["etag"], after.headers["etag"])  # holidays aren't in it

        moved = self.as_staff("POST", "/v1/staff/displaced/move", {})
        self.assertEqual(200, moved.status, moved.text)
        self.assertEqual(set(), self.displaced())
        self.assertEqual("confirmed", first.get().json["booking"]["status"])
        self.assertEqual([], self.look()["days"])
        self.assertEqual(["catalogue"], [event["kind"] for event in self.told()
                                         if event["kind"] == "catalogue"])

    def test_rules_and_names_change_at_once(self):
        before = self.daemon.request("GET", "/v1/catalogue")
        self.replace("branches.csv", "north,North,", "north,Nord,")
        self.replace("schedule.csv", ",,,15,2,600,0,30,1,", ",,,15,2,600,0,30,2,")
        self.replace("hours.csv", "00:00,23:45", "00:15,23:45")
        seen = self.look()
        self.assertGreater(seen["lanes"], 0)
        self.assertEqual(200, self.reload({"digest": seen["digest"]}).status)
        after = self.daemon.request("GET", "/v1/catalogue")
        self.assertNotEqual(before.headers["etag"], after.headers["etag"])
        self.assertIn('"Nord"', after.text)
        date = later(self.today, 2)
        shown = slots(self.daemon, date, "north", "passport").json["slots"]
        self.assertEqual(95, len(shown))  # what isn't planned any more is still shown
        self.assertEqual("closed", shown[0]["status"])
        both = claim(self.daemon, claim_body(shown[1]["id"], seats=2))
        self.assertEqual(201, both.status, both.text)

    def test_what_was_not_seen_is_not_done(self):
        date = later(self.today, 3)
        self.append("holidays.csv", f"{date},MY-10,Founders' Day,public")
        seen = self.look()
        self.append("holidays.csv", f"{later(date, 1)},MY-10,The Day After,public")
        self.refused(self.reload({"digest": seen["digest"]}), 409, "catalogue_changed")
        self.assertNotEqual("closed", days(self.daemon, "north", "passport",
                                           f"?from={date}&to={date}").json["days"][0]["status"])

    def test_files_with_errors_change_nothing(self):
        self.append("holidays.csv", "tomorrow,MY-10,Founders' Day,public")
        reply = self.reload({"dry_run": True})
        self.refused(reply, 409, "catalogue_invalid")
        self.assertIn("holidays.csv:2", reply.json["detail"])
        write_catalogue(self.files)
        self.append("branches.csv", "east,East,Selangor,MY-10,branch,East,Asia/Kuala_Lumpur")
        reply = self.reload({"dry_run": True})
        self.refused(reply, 409, "catalogue_invalid")
        self.assertIn("branch east is new", reply.json["detail"])

    def test_a_hangup_does_what_displaces_nobody(self):
        date = later(self.today, 3)
        booked = self.booked(date, 40)
        self.append("holidays.csv", f"{date},MY-10,Founders' Day,public")
        self.daemon.process.send_signal(signal.SIGHUP)
        until(lambda: "1 bookings would be displaced" in "".join(self.daemon.log))
        self.assertEqual("confirmed", booked.get().json["booking"]["status"])
        booked.cancel()
        self.daemon.process.send_signal(signal.SIGHUP)
        until(lambda: slots(self.daemon, date, "north", "passport").json["day"]["status"] == "closed")

    def test_a_kill_in_the_middle_or_behind_it_leaves_no_half(self):
        date = later(self.today, 3)
        booked = self.booked(date, 40)
        self.append("holidays.csv", f"{date},MY-10,Founders' Day,public")
        seen = self.look()
        self.assertEqual(202, self.reload({"digest": seen["digest"], "wait_seconds": 0}).status)
        self.daemon.kill()
        self.daemon.start()
        # Either it had begun, and is finished, or it is still to be asked for.
        left = self.look()
        if left["days"]:
            self.assertEqual(seen["digest"], left["digest"])
            self.assertEqual(200, self.reload({"digest": left["digest"]}).status)
        until(lambda: booked.get().json["booking"]["status"] == "displaced")
        self.assertEqual([], self.look()["days"])

    def janjictl(self, *arguments, token=None):
        command = [JANJICTL, "catalogue", "reload", "--connect", f"127.0.0.1:{self.daemon.port}"]
        return subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=60,
                              env={**os.environ, "JANJI_ACCESS_KEY": token or self.admin})

    def test_janjictl_looks_and_then_does_it(self):
        date = later(self.today, 3)
        booked = self.booked(date, 40)
        self.append("holidays.csv", f"{date},MY-10,Founders' Day,public")
        seen = self.janjictl()
        self.assertEqual((0, ""), (seen.returncode, seen.stderr))
        self.assertIn(f"{date} north passport general: 95 closed 1 displaced (Founders' Day)",
                      seen.stdout)
        self.assertIn("1 bookings would be displaced", seen.stdout)
        digest = re.search("do it:  janjictl catalogue reload --digest ([0-9a-f]{16})\n",
                           seen.stdout).group(1)
        self.assertEqual("confirmed", booked.get().json["booking"]["status"])
        done = self.janjictl("--digest", digest)
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        self.assertIn("1 bookings were displaced", done.stdout)
        until(lambda: booked.get().json["booking"]["status"] == "displaced")
        told = json.loads(self.janjictl("-o", "json").stdout)
        self.assertEqual([], told["catalogue"]["days"])
        for arguments, token, words in ((("--digest", digest[::-1]), None, "catalogue_changed"),
                                        (("--digest", "x"), None, "/digest"),
                                        ((), self.staff, "forbidden")):
            refused = self.janjictl(*arguments, token=token)
            self.assertEqual(2, refused.returncode)
            self.assertIn(words, refused.stderr)

    def test_who_may_and_what_may_not_be(self):
        self.refused(self.reload({"dry_run": True}, self.staff), 403, "forbidden")
        self.refused(self.reload({"dry_run": True}, self.north), 403, "forbidden")
        self.refused(self.reload({"dry_run": True}, "jk_1_x"), 401, "unauthorized")
        for body in ({}, {"digest": "x"}, {"dry_run": True, "digest": "0123456789abcdef"},
                     {"dry_run": 1}, {"dry_run": True, "wait_seconds": 26},
                     {"digest": "0" * 16}, {"dry_run": True, "more": 1}):
            self.refused(self.reload(body), 400, "invalid_request")
        asked = key()
        self.assertEqual(200, self.reload({"dry_run": True}, idempotency_key=asked).status)
        self.refused(self.reload({"digest": "0123456789abcdef"}, idempotency_key=asked), 422,
                     "idempotency_mismatch")


if __name__ == "__main__":
    unittest.main()
