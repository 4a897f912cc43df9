"""What operators do with the data: verify it, and restore it elsewhere."""

import json
import os
import pathlib
import shutil
import subprocess
import unittest

from support import calendar
from support.calendar import Booked, claim, claim_body, free_slot
from support.case import PROGRAM
from support.daemon import Daemon, until

JANJICTL = os.environ["JANJICTL"]
SOUND, BROKEN, CANT_SAY = 0, 1, 2


def janjictl(*arguments):
    return subprocess.run([JANJICTL, *map(str, arguments)], capture_output=True, text=True,
                          timeout=60)


def contents(directory):
    """Every file with what is in it and when it was written."""
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns)
            for path in pathlib.Path(directory).iterdir()}


class Offline(unittest.TestCase):
    """Bookings are made over HTTP, and the daemon is stopped."""

    def setUp(self):
        self.daemon = Daemon(PROGRAM)
        self.addCleanup(self.daemon.__exit__)
        self.daemon.start()
        self.held, self.confirmed, self.cancelled = (Booked(self.daemon) for _ in range(3))
        self.assertEqual(200, self.confirmed.confirm().status)
        self.assertEqual(200, self.cancelled.cancel().status)
        self.before = [calendar.without_expiry(b.get().json["booking"])
                       for b in (self.held, self.confirmed, self.cancelled)]
        self.data = pathlib.Path(self.daemon.data) / "data"

    def stop(self):
        self.daemon.terminate()
        self.daemon.ends_with(0)

    def assert_ends(self, status, ran, words=""):
        self.assertEqual(status, ran.returncode, ran.stdout + ran.stderr)
        self.assertIn(words, ran.stdout + ran.stderr)

    def verified(self, directory):
        ran = janjictl("verify", directory, "-o", "json")
        self.assertEqual("", ran.stderr)
        report = json.loads(ran.stdout)
        self.assertEqual(SOUND if report["sound"] else BROKEN, ran.returncode)
        return report

    def spoil(self, name, at):
        with open(self.data / name, "r+b") as file:
            file.seek(at)
            byte = file.read(1)[0]
            file.seek(at)
            file.write(bytes([byte ^ 0x10]))


class Verify(Offline):
    def test_a_stopped_daemons_data_is_sound_and_is_left_as_it_is(self):
        self.stop()
        before = contents(self.data)
        report = self.verified(self.data)
        self.assertTrue(report["sound"])
        self.assertEqual("sound", report["key_file"])
        self.assertEqual({"sound"}, {check["outcome"] for check in report["checks"]})
        self.assertEqual({"held": 1, "confirmed": 1, "cancelled": 1},
                         report["totals"]["bookings"])
        self.assertEqual(2, report["totals"]["taken"])
        text = janjictl("verify", self.data)
        self.assert_ends(SOUND, text, f"{self.data}: sound\n")
        for check in report["checks"]:
            self.assertRegex(text.stdout, rf"(?m)^sound +{check['name']} +{check['promise']}$")
        self.assertRegex(text.stdout, "(?m)^bookings    1 held, 1 confirmed, 1 cancelled$")
        self.assertEqual(before, contents(self.data))

    def test_the_data_of_a_killed_daemon_is_sound(self):
        self.daemon.kill()
        self.assertTrue(self.verified(self.data)["sound"])

    def test_what_is_broken_is_named(self):
        self.stop()
        self.spoil("journal.mdb", 16 + 24)  # the first meta page
        report = self.verified(self.data)
        self.assertFalse(report["sound"])
        broken = [check for check in report["checks"] if check["outcome"] == "broken"]
        self.assertEqual(["files"], [check["name"] for check in broken])
        self.assertIn("journal.mdb", broken[0]["words"])
        text = janjictl("verify", self.data)
        self.assert_ends(BROKEN, text, f"{self.data}: BROKEN\n")
        self.assertRegex(text.stdout, "(?m)^BROKEN      files ")
        self.assertIn(broken[0]["words"], text.stdout)
        restored = janjictl("restore", self.data, self.daemon.data + "/new")
        self.assert_ends(BROKEN, restored, "the backup isn't sound: files: ")
        self.assertFalse(os.path.exists(self.daemon.data + "/new"))

    def test_a_key_file_that_is_broken_or_missing_is_told(self):
        self.stop()
        self.spoil("janjid.key", 30)
        report = self.verified(self.data)
        self.assertFalse(report["sound"])
        self.assertIn("janjid.key", report["key_file"])
        self.assert_ends(BROKEN, janjictl("restore", self.data, self.daemon.data + "/new"),
                         "janjid.key")
        self.assertFalse(os.path.exists(self.daemon.data + "/new"))
        os.remove(self.data / "janjid.key")
        self.assertEqual("missing", self.verified(self.data)["key_file"])

    def test_what_cant_be_verified_is_no_verdict(self):
        self.assert_ends(CANT_SAY, janjictl("verify", self.data), "in use by process ")
        self.stop()
        self.assert_ends(CANT_SAY, janjictl("verify", self.daemon.data), "isn't a data directory")
        self.assert_ends(CANT_SAY, janjictl("verify", self.data / "nothing"))
        self.assert_ends(CANT_SAY, janjictl("verify"))
        self.assert_ends(CANT_SAY, janjictl())
        self.assert_ends(CANT_SAY, janjictl("verify", self.data, "-o", "yaml"))
        with open("/dev/full", "w", encoding="utf-8") as full:
            ran = subprocess.run([JANJICTL, "verify", self.data], stdout=full,
                                 stderr=subprocess.PIPE, text=True, timeout=60)
        self.assertEqual(CANT_SAY, ran.returncode)
        self.assert_ends(SOUND, janjictl("--help"), "Exit status: ")
        self.assert_ends(SOUND, janjictl("verify", "--help"), "DIR")


class Restore(Offline):
    def restore(self, backup, to):
        ran = janjictl("restore", backup, to)
        self.assert_ends(SOUND, ran, f"{to}: restored up to LSN ")
        return ran

    def test_bookings_are_there_after_a_restore(self):
        self.stop()
        before = contents(self.data)
        new = Daemon(PROGRAM)
        self.addCleanup(new.__exit__)
        to = pathlib.Path(new.data) / "data"
        ran = self.restore(self.data, to)
        self.assertIn(f"{to}: sound\n", ran.stdout)
        self.assertEqual(before, contents(self.data))
        self.assertEqual({"FORMAT", "journal.mdb", "state.mdb", "lock", "janjid.key"},
                         set(contents(to)))
        self.assertEqual((0o700, 0o600), (to.stat().st_mode & 0o777,
                                          (to / "janjid.key").stat().st_mode & 0o777))
        new.start()
        for booked, was in zip((self.held, self.confirmed, self.cancelled), self.before):
            booked.daemon = new
            self.assertEqual(was, calendar.without_expiry(booked.get().json["booking"]))
        # Whoever begins at the backup and whoever goes on with the original give other references,
        # and nobody's token opens a stranger's booking.
        self.daemon.start()
        lost = Booked(self.daemon)
        stranger = Booked(new)
        self.assertNotEqual(lost.reference, stranger.reference)
        lost.daemon = new
        self.assertEqual(404, lost.get().status)
        reply = new.request("GET", stranger.path, None, lost.headers())
        self.assertEqual(403, reply.status)
        self.assertEqual(200, stranger.get().status)
        # A hold that was restored is a hold.
        self.assertEqual(200, self.held.confirm().status)

    def test_only_into_what_is_empty_or_missing(self):
        self.stop()
        full = pathlib.Path(self.daemon.data) / "full"
        full.mkdir()
        (full / "notes").write_text("x")
        self.assert_ends(CANT_SAY, janjictl("restore", self.data, full), "isn't empty, it has notes")
        self.assertEqual({"notes"}, set(contents(full)))
        os.remove(full / "notes")
        self.restore(self.data, full)
        again = janjictl("restore", self.data, full)
        self.assert_ends(CANT_SAY, again, "isn't empty")
        self.assertTrue(self.verified(full)["sound"])

    def test_a_backup_without_its_key_is_restored_and_wants_it(self):
        self.stop()
        key = self.data / "janjid.key"
        kept = pathlib.Path(self.daemon.data) / "kept.key"
        shutil.move(key, kept)
        to = pathlib.Path(self.daemon.data) / "new"
        self.assertIn("The backup has no janjid.key", self.restore(self.data, to).stdout)
        self.assertFalse((to / "janjid.key").exists())
        shutil.rmtree(self.data)
        shutil.move(to, self.data)
        with self.assertRaisesRegex(AssertionError, "janjid.key is missing"):
            self.daemon.start()
        shutil.copy2(kept, key)
        self.daemon.start()
        self.assertEqual(200, self.confirmed.get().status)

    def test_a_copy_that_was_interrupted_is_refused_by_all(self):
        self.stop()
        (self.data / "FORMAT").write_text(
            "janji data directory, unfinished copy: remove it and make another\n")
        self.assertEqual("files", next(check["name"] for check in self.verified(self.data)["checks"]
                                       if check["outcome"] == "broken"))
        self.assert_ends(BROKEN, janjictl("restore", self.data, self.daemon.data + "/new"),
                         "never finished")
        self.assert_ends(BROKEN, janjictl("restore", self.data, self.data), "never finished")
        with self.assertRaisesRegex(AssertionError, "never finished"):
            self.daemon.start()

    def test_a_directory_in_use_isnt_restored_from(self):
        new = pathlib.Path(self.daemon.data) / "new"
        self.assert_ends(CANT_SAY, janjictl("restore", self.data, new), "in use by process ")
        self.assertFalse(new.exists())
        self.assertEqual(201, claim(self.daemon, claim_body(free_slot(self.daemon)["id"])).status)


class AccessKeys(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon(PROGRAM)
        self.addCleanup(self.daemon.__exit__)
        self.daemon.start()
        self.data = pathlib.Path(self.daemon.data) / "data"

    def key(self, *arguments):
        return janjictl("key", *arguments)

    def may_search(self, token):
        return self.daemon.request("POST", "/v1/staff/bookings/search", {},
                                   {"Authorization": f"Bearer {token}"}).status

    def test_keys_are_made_listed_and_revoked_while_the_daemon_runs(self):
        ran = self.key("add", self.data, "--name", "desk", "--scope", "staff:read", "--scope",
                       "approve", "--branch", "kajang")
        self.assertEqual(SOUND, ran.returncode, ran.stderr)
        token = ran.stdout.strip()
        self.assertTrue(token.startswith("jk_1_"))
        until(lambda: self.may_search(token) == 200)
        listed = json.loads(self.key("list", self.data, "-o", "json").stdout)["keys"]
        self.assertEqual([(1, "desk", "staff:read;approve", "kajang", None)],
                         [(k["number"], k["name"], k["scopes"], k["branch"], k["revoked_ms"])
                          for k in listed])
        self.assertNotIn(token[5:], self.key("list", self.data).stdout)
        self.assertEqual(0o600, (self.data / "access_keys.csv").stat().st_mode & 0o777)
        self.assertEqual(SOUND, self.key("revoke", self.data, 1).returncode)
        until(lambda: self.may_search(token) == 401)
        again = self.key("revoke", self.data, 1)
        self.assertEqual(CANT_SAY, again.returncode)
        self.assertIn("revoked already", again.stderr)
        self.assertTrue(self.key("add", self.data, "--name", "x", "--scope", "staff:read")
                        .stdout.startswith("jk_2_"))

    def test_bad_keys_are_refused_with_words(self):
        for arguments, words in ((("--name", "a b", "--scope", "staff:read"), "name"),
                                 (("--name", "a", "--scope", "staff:write"), "staff:checkin"),
                                 (("--name", "a", "--scope", "approve", "--branch", "a,b"),
                                  "branch")):
            ran = self.key("add", self.data, *arguments)
            self.assertEqual(CANT_SAY, ran.returncode)
            self.assertIn(words, ran.stderr)
        self.assertFalse((self.data / "access_keys.csv").exists())
        ran = self.key("add", self.data / "nowhere", "--name", "a", "--scope", "approve")
        self.assertEqual(CANT_SAY, ran.returncode)
        self.assertIn("nowhere", ran.stderr)
        (self.data / "access_keys.csv").write_text("rubbish\n")
        (self.data / "access_keys.csv").chmod(0o600)
        self.assertEqual(BROKEN, self.key("list", self.data).returncode)

    def test_many_at_once_get_numbers_of_their_own(self):
        made = [subprocess.Popen([JANJICTL, "key", "add", str(self.data), "--name", "a", "--scope",
                                  "approve"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                 text=True) for _ in range(8)]
        tokens = [one.communicate(timeout=60)[0] for one in made]
        self.assertEqual({str(n) for n in range(1, 9)}, {t.split("_")[1] for t in tokens})

    def test_a_restored_directory_has_the_keys(self):
        token = self.key("add", self.data, "--name", "a", "--scope", "staff:read").stdout.strip()
        self.daemon.terminate()
        self.daemon.ends_with(0)
        to = pathlib.Path(self.daemon.data) / "restored"
        self.assertEqual(SOUND, janjictl("restore", self.data, to).returncode)
        shutil.rmtree(self.data)
        to.rename(self.data)
        self.daemon.start()
        self.assertEqual(200, self.may_search(token))


if __name__ == "__main__":
    unittest.main()
