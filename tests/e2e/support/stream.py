"""Reads a text/event-stream, as EventSource would."""

import json
import socket


class Event:
    def __init__(self, kind, last_id, data):
        self.kind, self.id, self.data = kind, last_id, data

    @property
    def json(self):
        return json.loads(self.data)

    def __repr__(self):
        return f"Event({self.kind}, {self.id}, {self.data})"


class Stream:
    """One open stream. next() waits for the next event; None: the stream has ended, and `clean` says
    whether its last chunk had come. Use with `with`."""

    def __init__(self, port, path, headers=None, receive_buffer=None, timeout=20, http="1.1"):
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(timeout)
        self.socket.connect(("127.0.0.1", port))
        lines = [f"GET {path} HTTP/{http}", "Host: test", "Accept: text/event-stream"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self.raw, self.text = b"", ""
        self.clean = self.ended = False
        self.last_id = None
        self.comments = 0
        self.retry = None
        head = self._head()
        self.status = int(head[0].split()[1])
        self.headers = {name.lower(): value
                        for name, value in (line.split(": ", 1) for line in head[1:])}
        self.chunked = self.headers.get("transfer-encoding") == "chunked"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    @property
    def problem(self):
        """The body of an answer that is no stream."""
        size = int(self.headers["content-length"])
        while len(self.raw) < size and self._receive():
            pass
        return json.loads(self.raw[:size])

    def next(self):
        while True:
            block = self._block()
            if block is None:
                return None
            event = self._parse(block)
            if event:
                return event

    def take(self, many):
        return [self.next() for _ in range(many)]

    def rest(self):
        """All events until the stream ends."""
        events = []
        while (event := self.next()) is not None:
            events.append(event)
        return events

    def comment(self):
        """Waits for the next block that is no event; an event before it is an error."""
        block = self._block()
        event = self._parse(block)
        assert event is None, event
        return block

    def _parse(self, block):
        kind, data, fields = "message", [], block.split("\n")
        for field in fields:
            name, _, value = field.partition(":")
            value = value.removeprefix(" ")
            if name == "":
                self.comments += 1
            elif name == "event":
                kind = value
            elif name == "data":
                data.append(value)
            elif name == "id":
                self.last_id = int(value)
            elif name == "retry":
                self.retry = int(value)
            else:
                raise AssertionError(f"not a field: {field!r}")
        own = any(field.startswith("id:") for field in fields)
        return Event(kind, self.last_id if own else None, "\n".join(data)) if data else None

    def _block(self):
        while "\n\n" not in self.text:
            if not self._more():
                return None
        block, self.text = self.text.split("\n\n", 1)
        return block

    def _head(self):
        while b"\r\n\r\n" not in self.raw:
            if not self._receive():
                raise AssertionError("closed before its head")
        head, self.raw = self.raw.split(b"\r\n\r\n", 1)
        return head.decode("latin-1").split("\r\n")

    def _more(self):
        """More text; False when there won't be any."""
        if self.ended:
            return False
        if not self.chunked:
            if not self.raw and not self._receive():
                return False
            self.text, self.raw = self.text + self.raw.decode(), b""
            return True
        while b"\r\n" not in self.raw:
            if not self._receive():
                return False
        size, rest = self.raw.split(b"\r\n", 1)
        size = int(size, 16)
        while len(rest) < size + 2:
            if not self._receive():
                return False
            rest = self.raw.split(b"\r\n", 1)[1]
        assert rest[size:size + 2] == b"\r\n", rest
        self.text += rest[:size].decode()
        self.raw = rest[size + 2:]
        if size == 0:
            self.clean = True
            # Behind its last chunk the connection is closed, and nothing else comes.
            self.ended = not self._receive() and not self.raw
            return False
        return True

    def _receive(self):
        try:
            piece = self.socket.recv(65536)
        except ConnectionResetError:
            piece = b""
        self.raw += piece
        if not piece:
            self.ended = True
        return bool(piece)
