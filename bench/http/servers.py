"""janjid and nginx, each pinned to one core, and the processor time that they take."""

import csv
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request


class Failed(Exception):
    pass


def pinned(core):
    return lambda: os.sched_setaffinity(0, {core})


def cpu_seconds(pid):
    """Of the process and its threads, so far."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [int(child) for child in file.read().split()]


def exchange(port, request):
    """One request on a connection of its own; the whole answer's head and body."""
    with socket.create_connection(("127.0.0.1", port), 5) as connection:
        connection.sendall(request)
        data = b""
        while b"\r\n\r\n" not in data:
            data += connection.recv(65536) or _ended(data)
        head, _, body = data.partition(b"\r\n\r\n")
        length = int(re.search(rb"(?i)content-length: *(\d+)", head).group(1))
        while len(body) < length:
            body += connection.recv(65536) or _ended(data)
        return head + b"\r\n\r\n", body


def _ended(data):
    raise Failed(f"the server closed the connection after {data[:200]!r}")


class Janjid:
    """A daemon with an empty data directory, on a port of its own."""

    def __init__(self, program, folder, catalogue, core):
        self.program, self.folder, self.catalogue, self.core = program, folder, catalogue, core
        self.data = os.path.join(folder, "data")
        shutil.rmtree(self.data, ignore_errors=True)
        self.start()

    def start(self):
        environment = dict(os.environ, JANJI_LISTEN="127.0.0.1:0", JANJI_DATA=self.data,
                           JANJI_CATALOGUE=self.catalogue, JANJI_THREADS="1")
        self.process = subprocess.Popen(
            [self.program], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment,
            preexec_fn=pinned(self.core))
        said = ""
        for line in iter(self.process.stdout.readline, b""):
            said += line.decode()
            found = re.search(r"janji serves on http://127\.0\.0\.1:(\d+)", said)
            if found:
                self.port = int(found.group(1))
                break
        else:
            raise Failed(f"janjid didn't start:\n{said}")
        for _ in range(200):
            if self.status("/readyz") == 200:
                return
            time.sleep(0.05)
        raise Failed("janjid never became ready")

    def status(self, path):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}") as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    def cpu(self):
        return cpu_seconds(self.process.pid)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.stdout.read()
        if self.process.wait(60) != 0:
            raise Failed(f"janjid ended with {self.process.returncode}")


# The pieces of an answer's body: one parameter of nginx's has 4,096 bytes at most.
_PIECE = 3000
_NGINX = """
daemon off;
worker_processes 1;
worker_rlimit_nofile 4096;
error_log {folder}/error.log error;
pid {folder}/nginx.pid;
events {{ worker_connections 2048; }}
http {{
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  default_type application/json;
  server {{
    listen 127.0.0.1:{port} backlog=1024;
{pieces}
    add_header X-Pad '{pad}' always;
    location / {{ return {status} "{body}"; }}
  }}
}}
"""


class Nginx:
    """One worker that gives the same answer to every request: `status`, `size` bytes in all."""

    def __init__(self, folder, core, status, size):
        self.folder, self.core, self.status = folder, core, status
        os.makedirs(folder, exist_ok=True)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        body, pad = 1, 1  # an error without a body would get nginx's own page
        for _ in range(4):
            self.start(body, pad)
            missing = size - self.answer_size()
            if missing == 0:
                return
            self.stop()
            # A part of it in the head; and a longer body makes its length's digits longer too.
            more = min(missing // 4, 200) if pad == 1 and missing > 8 else 0
            pad, body = pad + more, max(body + missing - more, 1)
        raise Failed(f"nginx couldn't be made to answer {size} bytes")

    def answer_size(self):
        try:
            head, body = exchange(self.port, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        except (Failed, OSError):
            self.stop()
            raise
        return len(head) + len(body)

    def start(self, body, pad):
        pieces = [min(_PIECE, body - at) for at in range(0, body, _PIECE)]
        text = _NGINX.format(
            folder=self.folder, port=self.port, status=self.status, pad="x" * pad,
            pieces="\n".join(f"    set $piece{i} '{'x' * n}';" for i, n in enumerate(pieces)),
            body="".join(f"$piece{i}" for i in range(len(pieces))))
        path = os.path.join(self.folder, "nginx.conf")
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
        self.process = subprocess.Popen(
            ["nginx", "-c", path, "-p", self.folder, "-e", os.path.join(self.folder, "error.log")],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=pinned(self.core))
        for _ in range(200):
            if self.process.poll() is not None:
                raise Failed(f"nginx ended; see {self.folder}/error.log")
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.02)
        self.stop()
        raise Failed("nginx never listened")

    def cpu(self):
        return sum(cpu_seconds(pid) for pid in [self.process.pid, *children_of(self.process.pid)])

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


def enlarge_catalogue(source, target, factor):
    """A copy in which every office takes `factor` times as many visitors a day."""
    shutil.copytree(source, target)
    path = os.path.join(target, "schedule.csv")
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["volume_per_day"]:
            row["volume_per_day"] = str(int(row["volume_per_day"]) * factor)
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
