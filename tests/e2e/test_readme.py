"""The README's first appointment, as a newcomer would type it."""

import json
import pathlib
import re
import subprocess
import unittest

from support.case import DaemonCase

README = pathlib.Path(__file__).resolve().parents[2] / "README.md"
ADDRESS = "127.0.0.1:8080"


def snippets(section):
    """The shell snippets under a heading, in their order."""
    text = README.read_text(encoding="utf-8")
    body = text.split(f"\n## {section}\n", 1)[1].split("\n## ", 1)[0]
    return re.findall(r"^```sh\n(.*?)^```", body, re.DOTALL | re.MULTILINE)


class FirstAppointment(DaemonCase):
    def run_typed(self, *typed):
        script = "\n".join(typed)
        self.assertIn(ADDRESS, script)
        script = script.replace(ADDRESS, f"127.0.0.1:{self.daemon.port}")
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], capture_output=True,
                              text=True, timeout=60)
        self.assertEqual(0, done.returncode, done.stderr)
        return done.stdout

    def test_a_newcomer_gets_a_seat_and_confirms_it(self):
        look, days, hold, confirm = snippets("The first appointment")
        self.assertIn('"states"', self.run_typed(look))
        self.assertIn('"available"', self.run_typed(days))
        held = self.run_typed(days, hold)
        _, created, head_and_body = held.partition("HTTP/1.1 201 Created")
        self.assertTrue(created, held)
        answer = json.loads(head_and_body.split("\n\n", 1)[1])
        self.assertEqual("held", answer["booking"]["status"])
        filled = confirm
        for name, value in (("reference", answer["booking"]["reference"]),
                            ("token", answer["token"])):
            self.assertIn(f"\n{name}=...\n", "\n" + filled)
            filled = filled.replace(f"{name}=...", f"{name}={value}")
        confirmed = json.loads(self.run_typed(filled))
        self.assertEqual("confirmed", confirmed["booking"]["status"])


if __name__ == "__main__":
    unittest.main()
