"""See bench/http/run. janjid and nginx take turns on one core, wrk has another."""

import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import urllib.request

from servers import Failed, Janjid, Nginx, enlarge_catalogue, exchange, pinned

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
SERVER_CORE, WRK_CORE = 0, 1
# So many times the visitors of the Malaysian default: no slot sells out while claims are counted.
SEATS_FACTOR = 20
LANES = 12


def get(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
        return json.load(answer)


class Slots:
    """The lanes to be claimed from, and the slots of each that have seats."""

    def __init__(self, port):
        catalogue = get(port, "/v1/catalogue")
        offers = [(branch["id"], branch["services"][0])
                  for state in catalogue["states"] for branch in state["branches"]
                  if branch["services"]]
        self.lanes, self.ids = [], []
        for branch, service in offers:
            lane = f"/v1/branches/{branch}/services/{service}"
            days = [day for day in self.days(port, lane)
                    if day["status"] == "available"][1:]  # not today: its slots pass
            if sum(day["free"] for day in days) < 50_000:
                continue
            self.lanes.append(lane)
            for day in days[:30]:
                found = get(port, f"{lane}/slots?date={day['date']}")["slots"]
                self.ids += [slot["id"] for slot in found if slot["status"] == "available"]
            self.example_date = days[0]["date"]
            if len(self.lanes) == LANES:
                break
        if not self.ids:
            raise Failed("the catalogue has no lane with enough seats")

    @staticmethod
    def days(port, lane):
        return get(port, f"{lane}/days")["days"]

    def taken(self, port):
        return sum(day["capacity"] - day["free"] for lane in self.lanes
                   for day in self.days(port, lane) if day["status"] in ("available", "full"))

    def write(self, path, ids):
        with open(path, "w", encoding="ascii") as file:
            file.write("return {" + ",".join(f'"{slot}"' for slot in ids) + "}\n")


def claim_request(slot, number):
    body = json.dumps({"slot": slot, "seats": 1, "applicant": {
        "category": "citizen", "id_type": "mykad", "id_number": f"{number:012d}"}},
        separators=(",", ":"))
    return (f"POST /v1/claims HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nIdempotency-Key: \"{number:012d}\"\r\n\r\n"
            f"{body}").encode()


class Wrk:
    def __init__(self, folder, seconds):
        self.folder, self.seconds, self.first = folder, seconds, 1_000_000

    def run(self, port, server, connections, slots_file=None, path="/"):
        """Requests a second and what else wrk saw; how busy both cores were."""
        script = "claims.lua" if slots_file else "done.lua"
        environment = dict(os.environ, JANJI_BENCH_SLOTS=slots_file or "",
                           JANJI_BENCH_FIRST=str(self.first),
                           JANJI_BENCH_DONE=os.path.join(HERE, "done.lua"))
        self.first += 100_000_000  # far beyond what one run can send
        before = server.cpu()
        process = subprocess.Popen(
            ["wrk", "-t1", f"-c{connections}", f"-d{self.seconds}s", "--timeout", "10s",
             "-s", os.path.join(HERE, script), f"http://127.0.0.1:{port}{path}"],
            stdout=subprocess.PIPE, env=environment, preexec_fn=pinned(WRK_CORE))
        try:
            said = process.stdout.read().decode()
        finally:
            if sys.exc_info()[0]:
                process.kill()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = status
        busy = server.cpu() - before
        lines = [line[5:] for line in said.splitlines() if line.startswith("JSON ")]
        if status != 0 or not lines:
            raise Failed(f"wrk failed:\n{said}")
        seen = json.loads(lines[0])
        if seen["socket_errors"] or not seen["requests"]:
            raise Failed(f"wrk saw socket errors:\n{said}")
        seen["wrk_busy"] = (usage.ru_utime + usage.ru_stime) / seen["seconds"]
        seen["server_busy"] = busy / seen["seconds"]
        return seen


class Bench:
    def __init__(self, arguments, folder):
        self.arguments, self.folder = arguments, folder
        self.wrk = Wrk(folder, arguments.seconds)
        self.catalogue = os.path.join(folder, "catalogue")
        enlarge_catalogue(arguments.catalogue, self.catalogue, SEATS_FACTOR)
        self.slots_file = os.path.join(folder, "slots.lua")
        self.samples = {}

    def janjid(self):
        return Janjid(self.arguments.janjid, self.folder, self.catalogue, SERVER_CORE)

    def nginx(self, status, size):
        return Nginx(os.path.join(self.folder, "nginx"), SERVER_CORE, status, size)

    def add(self, figure, contestant, round_number, seen, **facts):
        rate = seen["requests"] / seen["seconds"]
        facts = dict(p50_ms=seen["p50_ms"], p99_ms=seen["p99_ms"], wrk_busy=seen["wrk_busy"],
                     server_busy=seen["server_busy"], **facts)
        self.samples.setdefault(figure, {}).setdefault(contestant, []).append((rate, facts))
        print(f"  {figure}, {contestant}: {rate:,.0f}/s, p99 {seen['p99_ms']:.2f} ms, "
              f"wrk {seen['wrk_busy']:.0%} busy", file=sys.stderr, flush=True)
        if self.arguments.json:
            with open(self.arguments.json, "a", encoding="utf-8") as file:
                json.dump({"figure": figure, "contestant": contestant, "round": round_number,
                           "value": rate, "unit": "requests/s", "facts": facts}, file)
                file.write("\n")

    def claims(self, round_number, connections, restart):
        figure = f"HTTP: durable claim, {connections} connections"
        server = self.janjid()
        try:
            slots = Slots(server.port)
            slots.write(self.slots_file, slots.ids)
            head, body = exchange(server.port, claim_request(slots.ids[0], 1))
            if not head.startswith(b"HTTP/1.1 201 "):
                raise Failed(f"a claim was answered {head + body!r}")
            before = slots.taken(server.port)
            seen = self.wrk.run(server.port, server, connections, self.slots_file)
            taken = slots.taken(server.port)
            self.audit(seen, taken - before, connections)
            if restart:  # every 201 is still there
                server.stop()
                server.start()
                if slots.taken(server.port) != taken:
                    raise Failed(f"{taken} seats were taken before a restart, now "
                                 f"{slots.taken(server.port)}")
            self.add(figure, "janjid", round_number, seen)
        finally:
            server.stop()
        constant = self.nginx(201, len(head) + len(body))
        try:
            seen = self.wrk.run(constant.port, constant, connections, self.slots_file)
            self.expect(seen, 0)
            self.add(figure, "nginx", round_number, seen, bytes=len(head) + len(body))
        finally:
            constant.stop()

    @staticmethod
    def expect(seen, errors):
        if seen["status_errors"] != errors:
            raise Failed(f"{seen['status_errors']} of {seen['requests']} answers were errors, "
                         f"expected {errors}")

    def audit(self, seen, sold, connections):
        """Sold is what was answered, and what was in flight when wrk went away."""
        self.expect(seen, 0)
        if not seen["requests"] <= sold <= seen["requests"] + connections:
            raise Failed(f"{seen['requests']} claims were answered 201, {sold} seats are taken")

    def refusal(self, round_number, server, slots):
        slot = slots.ids[-1]
        number = 500_000_000_000 + round_number * 1_000_000
        for number in range(number, number + 5000):
            head, body = exchange(server.port, claim_request(slot, number))
            if head.startswith(b"HTTP/1.1 409 "):
                break
        else:
            raise Failed("the slot never sold out")
        slots.write(self.slots_file, [slot])
        self.pair("HTTP: refusal of a sold-out slot, 256 connections", round_number, server, 409,
                  head + body, self.slots_file, "/")

    def pair(self, figure, round_number, server, status, answer, slots_file, path):
        for name in ("janjid", "nginx"):
            one = server if name == "janjid" else self.nginx(status, len(answer))
            try:
                seen = self.wrk.run(one.port, one, 256, slots_file,
                                    path if name == "janjid" else "/")
                self.expect(seen, seen["requests"] if status >= 400 else 0)
                self.add(figure, name, round_number, seen, bytes=len(answer))
            finally:
                if name == "nginx":
                    one.stop()

    def reading(self, round_number):
        server = self.janjid()
        try:
            slots = Slots(server.port)
            lane = slots.lanes[0]
            paths = {"HTTP: calendar of 90 days, 256 connections": f"{lane}/days",
                     "HTTP: slots of a day, 256 connections":
                         f"{lane}/slots?date={slots.example_date}"}
            for figure, path in paths.items():
                head, body = exchange(
                    server.port, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
                if not head.startswith(b"HTTP/1.1 200 "):
                    raise Failed(f"{path} was answered {head!r}")
                self.pair(figure, round_number, server, 200, head + body, None, path)
            self.refusal(round_number, server, slots)
        finally:
            server.stop()

    def describe(self):
        """The first line of a run's JSON, as janji_bench_engine writes it."""
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            models = [line.split(":", 1)[1].strip() for line in file if "model name" in line]
        nginx = subprocess.run(["nginx", "-v"], capture_output=True, text=True, check=True).stderr
        facts = {"processor": models[0] if models else "unknown", "cores": str(os.cpu_count()),
                 "kernel": os.uname().release, "server": f"core {SERVER_CORE}",
                 "wrk": f"core {WRK_CORE}, 1 thread", "nginx": nginx.strip().rsplit("/", 1)[-1],
                 "seconds a run": str(self.arguments.seconds),
                 "load before": f"{os.getloadavg()[0]:.2f}"}
        print("\n".join(f"{name:14} {value}" for name, value in facts.items()), file=sys.stderr)
        if self.arguments.json:
            with open(self.arguments.json, "a", encoding="utf-8") as file:
                json.dump({"command": "bash bench/http/run", "machine": facts}, file)
                file.write("\n")

    def run(self):
        self.describe()
        for round_number in range(self.arguments.rounds):
            last = round_number + 1 == self.arguments.rounds
            for connections in (64, 256):
                self.claims(round_number, connections, last)
            self.reading(round_number)

    def show(self):
        for figure, contestants in self.samples.items():
            print(f"\n{figure} (requests/s, median of {self.arguments.rounds})")
            rates = {name: statistics.median(rate for rate, _ in runs)
                     for name, runs in contestants.items()}
            for name, runs in contestants.items():
                facts = {key: statistics.median(facts[key] for _, facts in runs)
                         for key in ("p50_ms", "p99_ms", "wrk_busy", "server_busy")}
                print(f"  {name:8} {rates[name]:10,.0f}  {rates[name] / rates['nginx']:.3f} x nginx"
                      f"   p50 {facts['p50_ms']:.2f} ms, p99 {facts['p99_ms']:.2f} ms; busy: wrk "
                      f"{facts['wrk_busy']:.0%}, server {facts['server_busy']:.0%}")
        busiest = max(facts["wrk_busy"] for contestants in self.samples.values()
                      for runs in contestants.values() for _, facts in runs)
        if busiest > 0.95:
            print(f"\nwrk was {busiest:.0%} busy at its busiest: where it is near 100%, the figure "
                  "is wrk's limit, not the server's")


def main():
    parser = argparse.ArgumentParser(prog="bench/http/run", description=__doc__)
    parser.add_argument("--janjid", default=os.path.join(TOP, "build/release/daemon/janjid"))
    parser.add_argument("--catalogue",
                        default=os.path.join(TOP, "daemon/catalogues/malaysia"),
                        help="whose offices are served, with more seats each")
    parser.add_argument("--dir", default=None,
                        help="where the data lies while it runs, on the disk to be measured "
                             "(default: beside the build)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=4, help="of each of the ten runs of a round")
    parser.add_argument("--json", help="appends every run as a JSON line to this file")
    arguments = parser.parse_args()
    if len(os.sched_getaffinity(0)) < 2:
        sys.exit("bench/http/run: needs two cores: one for the server, one for wrk")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("bench/http/run: ended"))  # as Ctrl-C does
    where = arguments.dir or os.path.dirname(os.path.abspath(arguments.janjid))
    folder = tempfile.mkdtemp(prefix="bench-http-", dir=where)
    try:
        bench = Bench(arguments, folder)
        bench.run()
        bench.show()
    except Failed as failure:
        sys.exit(f"bench/http/run: FAILED: {failure}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
