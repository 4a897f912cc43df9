"""Starts the real janjid in a directory of its own, and speaks to it."""

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time


class Daemon:
    """A running janjid on a port of its own. Use with `with`; kill() and start() in between."""

    def __init__(self, program, *flags, catalogue=None):
        self.program, self.flags, self.catalogue = program, flags, catalogue
        self.data = tempfile.mkdtemp(prefix="janji-e2e-")
        self.process = self.port = None
        self.log, self.readers = [], []

    def __enter__(self):
        if self.process is None:
            self.start()
        return self

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.kill()
        self._close_pipes()
        shutil.rmtree(self.data, ignore_errors=True)

    def _close_pipes(self):
        for reader in self.readers:
            reader.join()
        self.readers = []
        for stream in (self.process.stdout, self.process.stderr) if self.process else ():
            stream.close()

    def start(self, preexec=None):
        command = [self.program, "--listen", "127.0.0.1:0", "--data", self.data + "/data",
                   *self.flags]
        if self.catalogue:
            command += ["--catalogue", self.catalogue]
        self._close_pipes()
        # Small tables: a start touches all of their memory.
        environment = {"JANJI_BOOKINGS_MAX": "20000", **os.environ}
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        text=True, preexec_fn=preexec, env=environment)
        self.port = self._announced_port()
        # Both pipes are read to their ends, or a talkative daemon would block.
        for stream in (self.process.stdout, self.process.stderr):
            self.readers.append(threading.Thread(target=self._drain, args=(stream,)))
            self.readers[-1].start()

    def _announced_port(self):
        for line in self.process.stdout:
            self.log.append(line)
            found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
            if found:
                return int(found.group(1))
        raise AssertionError(f"janjid ended with {self.process.wait()}: "
                             + self.process.stderr.read())

    def _drain(self, stream):
        for line in stream:
            self.log.append(line)

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def wait(self, seconds=20):
        return self.process.wait(timeout=seconds)

    def ends_with(self, status):
        """Waits for the end; another status than this is an error that says what the daemon said."""
        ended = self.wait()
        if ended != status:
            for reader in self.readers:
                reader.join()
            raise AssertionError(f"janjid ended with {ended}, not {status}, and said:\n"
                                 + "".join(self.log))

    def kill(self):
        self.process.kill()
        self.process.wait()

    def request(self, method, path, body=None, headers=None):
        client = Client(self.port)
        try:
            return client.request(method, path, body, headers)
        finally:
            client.connection.close()


class Reply:
    def __init__(self, response):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.text = response.read().decode("utf-8")

    @property
    def json(self):
        return json.loads(self.text)

    @property
    def code(self):
        return self.json["code"]


class Client:
    """One keep-alive connection."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)

    def request(self, method, path, body=None, headers=None):
        headers = dict(headers or {})
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
        if isinstance(body, str):
            body = body.encode()
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
        self.connection.request(method, path, body=body, headers=headers)
        return Reply(self.connection.getresponse())


def until(condition, seconds=10):
    """Waits for something that another process does."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError("it didn't happen in time")
