"""HTTP itself: what is refused before it is a request, order, deadlines, HEAD, 100-continue."""

import json
import unittest

from support import calendar
from support.calendar import claim_body, free_slot, key
from support.case import DaemonCase
from support.raw import Raw, get, post

SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: test\r\n\r\n"


class Smuggling(DaemonCase):
    def setUp(self):
        self.before = calendar.ledger_of(self.daemon)

    def tearDown(self):
        self.assertEqual(self.before, calendar.ledger_of(self.daemon))

    def refuse(self, text, status=400, code="invalid_request"):
        """One problem and the end of the connection: whatever stands behind is never a request."""
        with self.subTest(text[:120]), Raw(self.daemon.port) as raw:
            raw.send(text)
            raw.done_sending()
            self.assertEqual((status, code), raw.problem())
            self.assertTrue(raw.closed())

    def claim_with(self, *framing, body=None):
        body = body or json.dumps(claim_body(free_slot(self.daemon)["id"]))
        return "\r\n".join(["POST /v1/claims HTTP/1.1", "Host: test",
                            "Content-Type: application/json", f"Idempotency-Key: {key()}",
                            *framing]) + "\r\n\r\n"

    def test_bodies_whose_length_could_be_read_in_two_ways(self):
        body = json.dumps(claim_body(free_slot(self.daemon)["id"]))
        size = len(body)
        chunked = f"{size:x}\r\n{body}\r\n0\r\n\r\n"
        for framing, sent in (
                ([f"Content-Length: {size}", f"Content-Length: {size}"], body),
                ([f"Content-Length: {size}, {size}"], body),
                ([f"Content-Length: {size}", "Content-Length: 0"], body),
                ([f"Content-Length: +{size}"], body),
                ([f"Content-Length : {size}"], body),
                ([f"Content-Length: {size}", "Transfer-Encoding: chunked"], chunked),
                (["Transfer-Encoding: chunked", f"Content-Length: {size}"], chunked),
                (["Transfer-Encoding: gzip, chunked"], chunked),
                (["Transfer-Encoding: chunked, identity"], chunked),
                (["Transfer-Encoding: xchunked"], chunked),
                (["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"], chunked),
                (["Transfer-Encoding:\x0bchunked"], chunked),
                (["Transfer-Encoding: chunked\r\n , identity"], chunked)):
            self.refuse(self.claim_with(*framing) + sent + SMUGGLED)

    def test_line_ends(self):
        for text in ("GET /healthz HTTP/1.1\nHost: test\n\n",
                     "GET /healthz HTTP/1.1\r\nHost: test\nX: y\r\n\r\n",
                     "GET /healthz HTTP/1.1\r\nHost: test\rX: y\r\n\r\n",
                     "GET /healthz HTTP/1.1\r\nHost: test\r\nX: a\r\n b\r\n\r\n",
                     "GET /healthz HTTP/1.1\r\nHost: test\r\nX: a\0b\r\n\r\n"):
            self.refuse(text + SMUGGLED)
        body = json.dumps(claim_body(free_slot(self.daemon)["id"]))
        self.refuse(self.claim_with("Transfer-Encoding: chunked") +
                    f"{len(body):x}\n{body}\n0\n\n" + SMUGGLED)
        self.refuse(self.claim_with("Transfer-Encoding: chunked") +
                    f"{len(body):x};a=\"\n\"\r\n{body}\r\n0\r\n\r\n" + SMUGGLED)

    def test_request_lines(self):
        for line in ("GET /healthz", "GET /healthz HTTP/2.0", "GET healthz HTTP/1.1",
                     "GET  /healthz HTTP/1.1", "GET /health z HTTP/1.1", "GE(T /healthz HTTP/1.1",
                     "GET /healthz HTTP/1.1 "):
            self.refuse(f"{line}\r\nHost: test\r\n\r\n" + SMUGGLED)
        self.refuse("GET /healthz HTTP/1.1\r\n\r\n")
        self.refuse("GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")

    def test_sizes(self):
        self.refuse("GET /" + "x" * 10000, 431, "headers_too_large")
        self.refuse("GET / HTTP/1.1\r\nHost: test\r\n" + "X: y\r\n" * 64 + "\r\n", 431,
                    "headers_too_large")
        self.refuse(self.claim_with("Content-Length: 16385") + "x" * 16385, 413,
                    "payload_too_large")
        self.refuse(self.claim_with("Content-Length: 99999999999999999999") + "x")
        self.refuse(self.claim_with("Transfer-Encoding: chunked") + ("1000\r\n" + "x" * 4096 + "\r\n") * 5,
                    413, "payload_too_large")

    def test_a_refused_message_is_answered_in_its_own_manner(self):
        """In its language; HEAD without a body."""
        for method, wanted in (("POST", True), ("HEAD", False)):
            with self.subTest(method), Raw(self.daemon.port) as raw:
                raw.send(f"{method} /v1/claims HTTP/1.1\r\nHost: test\r\nAccept-Language: ms\r\n"
                         "Content-Length: 16385\r\n\r\n")
                raw.done_sending()
                header, _, body = raw.everything().partition(b"\r\n\r\n")
                self.assertIn(b" 413 ", header)
                self.assertIn(b"Content-Language: ms", header)
                self.assertEqual(wanted, bool(body), body)


class Protocol(DaemonCase):
    def test_pipelined_requests_are_answered_in_order(self):
        slots = [s["id"] for s in calendar.slots(
            self.daemon, calendar.free_day(self.daemon)["date"]).json["slots"]]
        with Raw(self.daemon.port) as raw:
            text, wanted = "", []
            for n in range(40):
                if n % 3 == 0:
                    text += get("/healthz")
                    wanted.append((200, "alive"))
                elif n % 3 == 1:
                    body = json.dumps(claim_body(slots[n % len(slots)]))
                    text += post("/v1/claims", body, f"Idempotency-Key: {key()}")
                    wanted.append((201, slots[n % len(slots)]))
                else:
                    text += get(f"/nowhere/{n}")
                    wanted.append((404, "not_found"))
            raw.send(text)
            for status, mark in wanted:
                answer = raw.answer()
                self.assertEqual(status, answer[0], answer)
                self.assertIn(mark, answer[2].decode())

    def test_pipelined_steps_of_one_booking_happen_in_their_order(self):
        slot = free_slot(self.daemon)["id"]
        claimed = json.dumps(claim_body(slot))
        same = f"Idempotency-Key: {key()}"
        with Raw(self.daemon.port) as raw:
            raw.send(post("/v1/claims", claimed, same) + post("/v1/claims", claimed, same))
            first, second = raw.answer(), raw.answer()
            self.assertEqual((201, 201), (first[0], second[0]))
            self.assertEqual("true", second[1]["idempotency-replayed"])
            self.assertNotIn("idempotency-replayed", first[1])
            made = json.loads(first[2])
            path = "/v1/bookings/" + made["booking"]["reference"]
            token = "Authorization: Bearer " + made["token"]
            details = json.dumps({"details": {"name": "A", "phone": "12345"}})
            raw.send(post(path + "/confirm", details, token, f"Idempotency-Key: {key()}") +
                     get(path, token) +
                     post(path + "/cancel", "", token, f"Idempotency-Key: {key()}") +
                     get(path, token))
            states = [json.loads(raw.answer()[2])["booking"]["status"] for _ in range(4)]
            self.assertEqual(["confirmed", "confirmed", "cancelled", "cancelled"], states)

    def test_a_request_may_come_byte_by_byte(self):
        body = json.dumps(claim_body(free_slot(self.daemon)["id"]))
        with Raw(self.daemon.port) as raw:
            for c in post("/v1/claims", body, f"Idempotency-Key: {key()}"):
                raw.send(c)
            self.assertEqual(201, raw.answer()[0])

    def test_chunked_bodies(self):
        body = json.dumps(claim_body(free_slot(self.daemon)["id"]))
        head = "\r\n".join(["POST /v1/claims HTTP/1.1", "Host: test", f"Idempotency-Key: {key()}",
                            "Content-Type: application/json; charset=utf-8",
                            "Transfer-Encoding: Chunked"]) + "\r\n\r\n"
        with Raw(self.daemon.port) as raw:
            raw.send(head)
            for c in body:
                raw.send(f"1\r\n{c}\r\n")
            raw.send("0\r\n\r\n" + get("/healthz"))
            self.assertEqual(201, raw.answer()[0])
            self.assertEqual(200, raw.answer()[0])

    def test_head_is_get_without_the_body(self):
        for path in ("/v1/catalogue", "/healthz", "/openapi.json"):
            with Raw(self.daemon.port) as raw:
                raw.send(get(path))
                size = raw.answer()[1]["content-length"]
                raw.send(get(path).replace("GET", "HEAD", 1))
                head = raw._until(b"\r\n\r\n").decode()
                self.assertIn("200 OK", head)
                self.assertIn(f"Content-Length: {size}", head)
                raw.send(get("/healthz"))
                self.assertEqual(b'{"status":"alive"}', raw.answer()[2])

    def test_continue(self):
        body = json.dumps(claim_body(free_slot(self.daemon)["id"]))
        head = post("/v1/claims", body, f"Idempotency-Key: {key()}",
                    "Expect: 100-continue")[:-len(body)]
        with Raw(self.daemon.port) as raw:
            raw.send(head)
            self.assertEqual(100, raw.answer()[0])
            raw.send(body)
            self.assertEqual(201, raw.answer()[0])
        with Raw(self.daemon.port) as raw:  # refused without asking for the body
            raw.send(head.replace(f"Content-Length: {len(body)}", "Content-Length: 99999"))
            self.assertEqual((413, "payload_too_large"), raw.problem())

    def test_keeping_and_closing_the_connection(self):
        with Raw(self.daemon.port) as raw:
            raw.send(get("/healthz") + get("/healthz", "Connection: close"))
            self.assertNotIn("connection", raw.answer()[1])
            self.assertEqual("close", raw.answer()[1]["connection"])
            self.assertTrue(raw.closed())
        with Raw(self.daemon.port) as raw:
            raw.send("GET /healthz HTTP/1.0\r\n\r\n")
            self.assertEqual(200, raw.answer()[0])
            self.assertTrue(raw.closed())
        with Raw(self.daemon.port) as raw:
            raw.send("GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" * 2)
            self.assertEqual("keep-alive", raw.answer()[1]["connection"])
            self.assertEqual(200, raw.answer()[0])

    def test_a_client_that_is_done_sending_still_gets_its_answer(self):
        body = json.dumps(claim_body(free_slot(self.daemon)["id"]))
        with Raw(self.daemon.port) as raw:
            raw.send(post("/v1/claims", body, f"Idempotency-Key: {key()}"))
            raw.done_sending()
            self.assertEqual(201, raw.answer()[0])
            self.assertTrue(raw.closed())


class Operation(DaemonCase):
    def test_health_readiness_and_the_first_page(self):
        self.assertEqual({"status": "alive"}, self.daemon.request("GET", "/healthz").json)
        self.assertEqual({"status": "ready"}, self.daemon.request("GET", "/readyz").json)
        home = self.daemon.request("GET", "/")
        self.assertIn("/openapi.json", home.text)

    def test_the_page_for_people_has_every_operation(self):
        page = self.daemon.request("GET", "/docs")
        self.assertEqual(200, page.status)
        self.assertTrue(page.headers["content-type"].startswith("text/html"))
        document = self.daemon.request("GET", "/openapi.json").json
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                self.assertIn(f"<h2><code>{method.upper()} {path}</code></h2>", page.text)
                self.assertIn(operation["summary"], page.text)

    def test_every_problem_has_its_page(self):
        document = self.daemon.request("GET", "/openapi.json").json
        codes = document["components"]["schemas"]["ProblemCode"]["enum"]
        self.assertGreater(len(codes), 20)
        for code in codes:
            page = self.daemon.request("GET", f"/problems/{code}")
            self.assertEqual(200, page.status)
            self.assertIn(code, page.text)

    def test_metrics_count_and_name_no_one(self):
        applicant = calendar.person()
        applicant["id_number"] = "880808088888"
        calendar.Booked(self.daemon, applicant=applicant).confirm(
            {"name": "Zainab Unmistakable", "phone": "019-999 9999"})
        text = self.daemon.request("GET", "/metrics").text
        self.assertIn('janjid_http_requests_total{code="201",route="POST /v1/claims"} 1', text)
        self.assertIn("janjid_build_info{", text)
        self.assertIn('janji_operations_total{kind="claim"} 1', text)
        self.assertIn('le="+Inf"', text)
        everything = text + "".join(self.daemon.log)
        for secret in ("880808088888", "Unmistakable", "019-999"):
            self.assertNotIn(secret, everything)


if __name__ == "__main__":
    unittest.main()
