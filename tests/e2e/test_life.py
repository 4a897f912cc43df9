"""Starting, ending, and what outlives both."""

import json
import os
import pathlib
import resource
import signal
import stat
import subprocess
import unittest

from support import calendar
from support.calendar import Booked, claim, claim_body, free_slot, key
from support.case import PROGRAM
from support.daemon import Daemon, until
from support.raw import Raw, get, post


class Ending(unittest.TestCase):
    # One thread: once one connection shows that the drain has begun, it has for the others.
    def test_a_claim_in_flight_is_answered_and_kept(self):
        with Daemon(PROGRAM, "--threads", "1") as daemon:
            body = json.dumps(claim_body(free_slot(daemon)["id"]))
            text = post("/v1/claims", body, f"Idempotency-Key: {key()}")
            with Raw(daemon.port) as raw, Raw(daemon.port) as idle:
                idle.send(get("/healthz"))
                self.assertEqual(200, idle.answer()[0])
                raw.send(text[:-10])  # the request has begun, but isn't complete
                raw2 = Raw(daemon.port)
                raw2.send(get("/healthz"))
                raw2.answer()  # so that the first part has surely been read
                raw2.socket.close()
                daemon.terminate()
                self.assertTrue(idle.closed())  # the drain has begun
                raw.send(text[-10:])
                status, headers, answer = raw.answer()
                self.assertEqual(201, status)
                self.assertEqual("close", headers["connection"])
                self.assertTrue(raw.closed())
            daemon.ends_with(0)
            made = json.loads(answer)
            daemon.start()
            found = daemon.request("GET", "/v1/bookings/" + made["booking"]["reference"], None,
                                   {"Authorization": "Bearer " + made["token"]})
            self.assertEqual((200, "held"), (found.status, found.json["booking"]["status"]))

    def test_readiness_ends_with_the_drain(self):
        with Daemon(PROGRAM, "--threads", "1") as daemon:
            with Raw(daemon.port) as idle, Raw(daemon.port) as probe:
                idle.send(get("/healthz"))
                idle.answer()
                probe.send(get("/readyz")[:-2])
                idle.send(get("/readyz"))
                self.assertEqual(b'{"status":"ready"}', idle.answer()[2])
                daemon.terminate()
                self.assertTrue(idle.closed())
                probe.send("\r\n")
                status, _, body = probe.answer()
                self.assertEqual((503, b'{"status":"draining"}'), (status, body))
            daemon.ends_with(0)

    def test_a_second_signal_ends_at_once(self):
        with Daemon(PROGRAM) as daemon, Raw(daemon.port) as slow, Raw(daemon.port) as idle:
            slow.send("GET /healthz HTTP/1.1\r\n")
            idle.send(get("/healthz"))
            idle.answer()
            daemon.terminate()
            self.assertTrue(idle.closed())
            self.assertIsNone(daemon.process.poll())  # it waits for the slow one
            daemon.terminate()
            self.assertEqual(128 + signal.SIGTERM, daemon.wait(5))

    def test_interrupt_drains_like_terminate(self):
        with Daemon(PROGRAM) as daemon:
            daemon.process.send_signal(signal.SIGINT)
            daemon.ends_with(0)


class Outliving(unittest.TestCase):
    def test_what_was_acknowledged_outlives_kill_nine(self):
        with Daemon(PROGRAM) as daemon:
            held, confirmed, cancelled = (Booked(daemon) for _ in range(3))
            confirmed.confirm()
            same, body = key(), claim_body(free_slot(daemon)["id"])
            made = claim(daemon, body, same)
            self.assertEqual(200, cancelled.cancel().status)
            before = calendar.ledger_of(daemon)
            daemon.kill()
            daemon.start()
            self.assertEqual(before, calendar.ledger_of(daemon))
            for booked, status in ((held, "held"), (confirmed, "confirmed"),
                                   (cancelled, "cancelled")):
                found = booked.get()
                self.assertEqual((200, status), (found.status, found.json["booking"]["status"]))
            again = claim(daemon, body, same)
            self.assertEqual((201, "true"), (again.status, again.headers["idempotency-replayed"]))
            self.assertEqual(made.json["token"], again.json["token"])
            self.assertEqual("confirmed", confirmed.get().json["booking"]["status"])

    def test_the_key_file_is_for_its_owner_alone_and_never_made_anew(self):
        with Daemon(PROGRAM) as daemon:
            path = daemon.data + "/data/janjid.key"
            self.assertEqual(0o600, stat.S_IMODE(os.stat(path).st_mode))
            daemon.terminate()
            daemon.wait()
            os.unlink(path)
            run = subprocess.run([PROGRAM, "--listen", "127.0.0.1:0", "--data",
                                  daemon.data + "/data"], capture_output=True, text=True,
                                 timeout=20)
            self.assertEqual(1, run.returncode)
            self.assertIn("janjid.key", run.stderr)
            self.assertFalse(os.path.exists(path))


class Secrecy(unittest.TestCase):
    NUMBER = "880808-08-8088"
    DETAILS = {"name": "Zainab Unmistakable", "phone": "+60 19-777 6543",
               "email": "zainab@unmistakable.example"}
    # As they were sent, and as they could have been normalised.
    SECRETS = (NUMBER, NUMBER.replace("-", ""), *DETAILS.values(), "Unmistakable", "unmistakable",
               "+60197776543")

    def test_nobody_is_on_the_disk_in_clear_nor_in_the_log(self):
        person = {"category": "citizen", "id_type": "mykad", "id_number": self.NUMBER}
        with Daemon(PROGRAM) as daemon:
            booked = Booked(daemon, applicant=person)
            self.assertEqual(200, booked.confirm(self.DETAILS).status)
            self.refuse_everything(daemon, booked, person)
            daemon.terminate()
            daemon.ends_with(0)
            places = {path.name: path.read_bytes()
                      for path in pathlib.Path(daemon.data).rglob("*") if path.is_file()}
            self.assertLessEqual({"janjid.key", "journal.mdb", "state.mdb"}, set(places))
            for reader in daemon.readers:
                reader.join()
            places["the log"] = "".join(daemon.log).encode()
            self.assertIn(str(daemon.port).encode(), places["the log"])
            for place, content in places.items():
                for secret in (*self.SECRETS, booked.token):
                    self.assertNotIn(secret.encode(), content, (place, secret))

    def refuse_everything(self, daemon, booked, person):
        """Requests that fail, each with what must not be told."""
        slot = free_slot(daemon)["id"]
        self.assertEqual(409, claim(daemon, claim_body(slot, person)).status)
        self.assertEqual(400, claim(daemon, claim_body(slot, person, more=self.NUMBER)).status)
        self.assertEqual(400, claim(daemon, json.dumps(claim_body(slot, person))[:-1]).status)
        self.assertEqual(409, booked.confirm(self.DETAILS).status)
        self.assertEqual(400, booked.confirm({**self.DETAILS, "phone": "Unmistakable"}).status)
        self.assertEqual(404, daemon.request("GET", "/v1/nobody/" + self.NUMBER).status)
        with Raw(daemon.port) as raw:
            raw.send(f"POST /{self.NUMBER} HTTP/1.1\r\n\r\n")
            self.assertEqual(400, raw.answer()[0])


class FailingDisk(unittest.TestCase):
    def test_a_failed_commit_is_of_unknown_outcome_and_ends_the_process(self):
        daemon = Daemon(PROGRAM)
        # The file size limit, once set, makes writes fail; its signal would kill instead.
        daemon.start(preexec=lambda: signal.signal(signal.SIGXFSZ, signal.SIG_IGN))
        with daemon:
            held, confirmed = Booked(daemon), Booked(daemon)
            confirmed.confirm()
            body, same = claim_body(free_slot(daemon)["id"]), key()
            resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, (4096, 4096))
            reply = claim(daemon, body, same)
            self.assertEqual((500, "outcome_unknown"), (reply.status, reply.code))
            daemon.ends_with(1)
            daemon.start()
            again = claim(daemon, body, same)
            self.assertEqual(201, again.status, again.text)
            self.assertEqual("held", held.get().json["booking"]["status"])
            self.assertEqual("confirmed", confirmed.get().json["booking"]["status"])


class Starting(unittest.TestCase):
    def run_with(self, *flags, **environment):
        run = subprocess.run([PROGRAM, *flags], capture_output=True, text=True, timeout=20,
                             env={**os.environ, **environment})
        self.assertNotIn("Sanitizer", run.stderr)
        return run

    def test_wrong_values_are_named_with_their_remedy(self):
        for flag, variable, value, remedy in (
                ("--listen", "JANJI_LISTEN", "nonsense", "127.0.0.1:8080"),
                ("--catalogue", "JANJI_CATALOGUE", "/nowhere", "CSV"),
                ("--threads", "JANJI_THREADS", "0", "1 to"),
                ("--threads", "JANJI_THREADS", "2x", "1 to"),
                ("--bookings-max", "JANJI_BOOKINGS_MAX", "-1", "1 to"),
                ("--backlog-max", "JANJI_BACKLOG_MAX", "1", "2 to"),
                ("--journal-retain", "JANJI_JOURNAL_RETAIN", "-1", "0 to"),
                ("--durability", "JANJI_DURABILITY", "maybe", "strict")):
            for run in (self.run_with(flag, value), self.run_with(**{variable: value})):
                self.assertEqual(2, run.returncode, run.stderr)
                for word in (flag, variable, value, remedy):
                    self.assertIn(word, run.stderr)
        self.assertEqual(2, self.run_with("--colour").returncode)

    def test_version_and_help(self):
        self.assertRegex(self.run_with("--version").stdout, r"janjid \d+\.\d+\.\d+")
        self.assertIn("JANJI_LISTEN", self.run_with("--help").stdout)

    def test_a_busy_port_and_a_locked_directory(self):
        with Daemon(PROGRAM) as daemon:
            busy = self.run_with("--listen", f"127.0.0.1:{daemon.port}", "--durability", "memory")
            self.assertEqual(1, busy.returncode, busy.stderr)
            self.assertIn(str(daemon.port), busy.stderr)
            locked = self.run_with("--listen", "127.0.0.1:0", "--data", daemon.data + "/data")
            self.assertEqual(1, locked.returncode, locked.stderr)
            self.assertIn("locked", locked.stderr)

    def test_it_says_where_it_serves_what_to_try_and_where_the_data_is(self):
        with Daemon(PROGRAM) as daemon:
            until(lambda: any("data:" in line for line in daemon.log))
            text = "".join(daemon.log)
            self.assertIn(f"curl -s http://127.0.0.1:{daemon.port}/v1/catalogue", text)
            self.assertIn(daemon.data + "/data", text)

    def test_memory_and_relaxed_modes_serve_too(self):
        for mode in ("memory", "relaxed"):
            with Daemon(PROGRAM, "--durability", mode, "--threads", "1") as daemon:
                booked = Booked(daemon)
                self.assertEqual(200, booked.confirm().status)
                self.assertEqual(200, booked.cancel().status)
                daemon.terminate()
                daemon.ends_with(0)


if __name__ == "__main__":
    unittest.main()
