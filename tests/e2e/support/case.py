"""A test case with one daemon for all its tests; the program's path comes in JANJID."""

import os
import unittest

from .daemon import Daemon

PROGRAM = os.environ["JANJID"]


class DaemonCase(unittest.TestCase):
    flags = ()

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon(PROGRAM, *cls.flags)
        cls.daemon.start()

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__()
