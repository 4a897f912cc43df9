"""Backups of a daemon that goes on: asked for, refused, restored, and served from again."""

import concurrent.futures
import json
import os
import pathlib
import subprocess
import tempfile
import threading
import unittest

from support.calendar import Booked, claim, claim_body, free_day, key, slots
from support.case import PROGRAM
from support.daemon import Daemon, until
from support.office import Keys

JANJICTL = os.environ["JANJICTL"]
DONE, CANT_SAY = 0, 2


class BackupCase(unittest.TestCase):
    root_is_set = True

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="janji-e2e-")
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name) / "backups"
        self.root.mkdir()
        flags = ("--backup-root", str(self.root)) if self.root_is_set else ()
        self.daemon = Daemon(PROGRAM, *flags)
        self.addCleanup(self.daemon.__exit__)
        self.daemon.start()
        self.keys = Keys(self.daemon.data + "/data")
        self.operator = self.keys.add("backup")
        self.hall = self.keys.add("staff:checkin;feed")
        self.kajang = self.keys.add("backup", "kajang")

    def ask(self, body, token=None, idempotency_key=None):
        return self.daemon.request("POST", "/v1/admin/backup", body, {
            "Authorization": f"Bearer {token or self.operator}",
            "Idempotency-Key": idempotency_key or key()})

    def janjictl(self, *arguments, token=None, **more):
        environment = {**os.environ, **more, "JANJI_ACCESS_KEY": token or self.operator}
        environment = {name: value for name, value in environment.items() if value}
        command = [JANJICTL, *map(str, arguments)]
        if arguments[0] == "backup":
            command += ["--connect", f"127.0.0.1:{self.daemon.port}"]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment)

    def refused(self, reply, status, code):
        self.assertEqual((status, code), (reply.status, reply.json.get("code")), reply.text)


class WhileClaimsRun(BackupCase):
    def test_what_was_acknowledged_before_is_in_it(self):
        free = [slot["id"] for slot in
                slots(self.daemon, free_day(self.daemon)["date"]).json["slots"]
                if slot["status"] == "available"]
        made, enough = [], threading.Event()

        def claims(slot):
            while not enough.is_set():
                reply = claim(self.daemon, claim_body(slot))
                if reply.status != 201:
                    self.assertEqual("slot_full", reply.code)
                    return
                booked = Booked.__new__(Booked)
                booked.reference = reply.json["booking"]["reference"]
                booked.token = reply.json["token"]
                booked.path = f"/v1/bookings/{booked.reference}"
                made.append(booked)  # acknowledged

        with concurrent.futures.ThreadPoolExecutor(4) as others:
            running = [others.submit(claims, slot) for slot in free[:4]]
            until(lambda: len(made) >= 20)
            before = list(made)
            newest = self.newest()
            ran = self.janjictl("backup", "nightly", "-o", "json")
            enough.set()
            for one in running:
                one.result(30)
        self.assertEqual(DONE, ran.returncode, ran.stderr)
        backup = json.loads(ran.stdout)["backup"]
        to = self.root / "nightly"
        self.assertEqual((str(to), "done", "included"),
                         (backup["directory"], backup["status"], backup["keys"]))
        self.assertGreaterEqual(backup["lsn"], newest)
        self.assertEqual(sum(file.stat().st_blocks * 512 for file in to.iterdir()),
                         backup["bytes"])
        self.assertEqual({"FORMAT", "journal.mdb", "state.mdb", "lock", "janjid.key",
                          "access_keys.csv"}, {file.name for file in to.iterdir()})
        verified = self.janjictl("verify", to, "-o", "json")
        self.assertEqual(0, verified.returncode, verified.stdout)
        self.assertTrue(json.loads(verified.stdout)["sound"])

        new = Daemon(PROGRAM)
        self.addCleanup(new.__exit__)
        restored = self.janjictl("restore", to, pathlib.Path(new.data) / "data")
        self.assertEqual(0, restored.returncode, restored.stderr)
        new.start()
        for booked in before:
            booked.daemon = new
            self.assertEqual("held", booked.get().json["booking"]["status"])
        # And the old one knows them still, and goes on.
        before[0].daemon = self.daemon
        self.assertEqual(200, before[0].confirm().status)
        # The restored one has the access keys, too.
        search = new.request("GET", "/v1/feed", None, {"Authorization": f"Bearer {self.hall}"})
        self.assertEqual(200, search.status)

    def newest(self):
        return self.daemon.request("GET", "/v1/feed?limit=1", None,
                                   {"Authorization": f"Bearer {self.hall}"}).json["newest"]


class Asking(BackupCase):
    def test_the_answer_and_its_repetition(self):
        mine = key()
        reply = self.ask({"directory": "one"}, idempotency_key=mine)
        self.assertEqual(201, reply.status, reply.text)
        self.assertNotIn("idempotency-replayed", reply.headers)
        again = self.ask({"directory": "one"}, idempotency_key=mine)
        self.assertEqual((201, "true", reply.json),
                         (again.status, again.headers["idempotency-replayed"], again.json))
        self.refused(self.ask({"directory": "two"}, idempotency_key=mine), 422,
                     "idempotency_mismatch")
        self.refused(self.ask({"directory": "one"}), 409, "directory_not_empty")
        bare = self.ask({"directory": str(self.root / "bare"), "keys": "left_out"})
        self.assertEqual((201, "left_out"), (bare.status, bare.json["backup"]["keys"]))
        self.assertFalse((self.root / "bare" / "janjid.key").exists())

    def test_whoever_doesnt_wait_asks_again_with_the_same_key(self):
        mine, body = key(), {"directory": "one", "wait_seconds": 0}
        reply = self.ask(body, idempotency_key=mine)
        seen = {reply.status}
        while reply.status == 202:
            self.assertEqual("running", reply.json["backup"]["status"])
            reply = self.ask(body, idempotency_key=mine)
            seen.add(reply.status)
        self.assertEqual(201, reply.status)
        self.assertIn(202, seen)  # who has just begun isn't done

    def test_only_below_the_root(self):
        outside = pathlib.Path(self.daemon.data) / "outside"
        (self.root / "link").symlink_to(self.daemon.data)
        for directory in ("", "..", "../outside", "/tmp/janji-backup", str(outside), "link/outside",
                          "link", ".", str(self.root), "missing/one", "a\nb"):
            reply = self.ask({"directory": directory})
            self.refused(reply, 400, "invalid_request")
            self.assertEqual(["/directory"], [error["pointer"] for error in reply.json["errors"]])
        self.assertFalse(outside.exists())
        self.assertEqual(["link"], [entry.name for entry in self.root.iterdir()])

    def test_who_may_and_what_is_wrong_with_a_request(self):
        body = {"directory": "one"}
        self.refused(self.daemon.request("POST", "/v1/admin/backup", body), 401, "unauthorized")
        self.refused(self.ask(body, token="jk_9_x"), 401, "unauthorized")
        self.refused(self.ask(body, token=self.hall), 403, "forbidden")
        self.refused(self.ask(body, token=self.kajang), 403, "forbidden")
        reply = self.daemon.request("POST", "/v1/admin/backup",
                                    {"keys": "some", "wait_seconds": 26, "colour": "red"},
                                    {"Authorization": f"Bearer {self.operator}"})
        self.refused(reply, 400, "invalid_request")
        self.assertEqual({"/directory", "/keys", "/wait_seconds", "/colour", "Idempotency-Key"},
                         {error.get("pointer") or error["header"]
                          for error in reply.json["errors"]})
        self.assertEqual([], list(self.root.iterdir()))


class Tool(BackupCase):
    def test_it_says_what_was_done_and_what_was_not(self):
        ran = self.janjictl("backup", "one")
        self.assertEqual(DONE, ran.returncode, ran.stderr)
        self.assertRegex(ran.stdout, rf"^{self.root}/one: backed up to LSN \d+, \d+ bytes, in \d+ ms")
        bare = self.janjictl("backup", self.root / "bare", "--without-keys")
        self.assertIn("janjid.key", bare.stdout)
        for token, arguments, words in (
                (None, ("one",), "directory_not_empty"), (None, ("/etc/janji",), "/directory"),
                (self.hall, ("two",), "forbidden"), ("jk_9_x", ("two",), "unauthorized")):
            ran = self.janjictl("backup", *arguments, token=token)
            self.assertEqual((CANT_SAY, ""), (ran.returncode, ran.stdout))
            self.assertIn(words, ran.stderr)
        self.assertEqual({"one", "bare"}, {entry.name for entry in self.root.iterdir()})

    def test_the_key_comes_from_where_nobody_else_sees_it(self):
        command = [JANJICTL, "backup", "one", "--connect", f"127.0.0.1:{self.daemon.port}"]
        bare = {name: value for name, value in os.environ.items() if name != "JANJI_ACCESS_KEY"}
        ran = subprocess.run(command, capture_output=True, text=True, timeout=60, env=bare)
        self.assertEqual(CANT_SAY, ran.returncode)
        self.assertIn("JANJI_ACCESS_KEY", ran.stderr)
        file = self.root.parent / "operator.key"
        file.write_text(self.operator + "\n")
        file.chmod(0o644)
        command += ["--key-file", str(file)]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=60, env=bare)
        self.assertEqual(CANT_SAY, ran.returncode)
        self.assertIn("operator.key", ran.stderr)
        file.chmod(0o600)
        ran = subprocess.run(command, capture_output=True, text=True, timeout=60, env=bare)
        self.assertEqual(DONE, ran.returncode, ran.stderr)

    def test_no_daemon_is_there(self):
        self.daemon.terminate()
        self.daemon.ends_with(0)
        ran = self.janjictl("backup", "one")
        self.assertEqual(CANT_SAY, ran.returncode)
        self.assertIn("no daemon listens there", ran.stderr)
        ran = subprocess.run([JANJICTL, "backup", "one", "--connect", "nowhere"], timeout=60,
                             capture_output=True, text=True,
                             env={**os.environ, "JANJI_ACCESS_KEY": "jk_1_x"})
        self.assertEqual(CANT_SAY, ran.returncode)


class NoRoot(BackupCase):
    root_is_set = False

    def test_without_a_root_there_is_no_backup(self):
        self.refused(self.ask({"directory": "one"}), 409, "backup_unavailable")
        missing = str(self.root / "missing")
        ran = subprocess.run([PROGRAM, "--backup-root", missing, "--data", missing],
                             capture_output=True, text=True, timeout=20)
        self.assertEqual(2, ran.returncode)
        self.assertIn("--backup-root (or JANJI_BACKUP_ROOT)", ran.stderr)
        self.assertFalse(os.path.exists(missing))


if __name__ == "__main__":
    unittest.main()
