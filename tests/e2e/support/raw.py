"""HTTP byte by byte, for what no client library would send."""

import json
import socket


class Raw:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, text):
        self.socket.sendall(text if isinstance(text, bytes) else text.encode("latin-1"))
        return self

    def done_sending(self):
        self.socket.shutdown(socket.SHUT_WR)

    def answer(self):
        """(status, headers, body) of the next answer; None when the connection is closed."""
        head = self._until(b"\r\n\r\n")
        if head is None:
            return None
        lines = head.decode("latin-1").split("\r\n")
        status = int(lines[0].split()[1])
        headers = dict(line.split(": ", 1) for line in lines[1:] if line)
        headers = {name.lower(): value for name, value in headers.items()}
        size = int(headers.get("content-length", 0)) if status >= 200 else 0
        while len(self.buffer) < size:
            if not self._more():
                raise AssertionError("the answer was cut")
        body, self.buffer = self.buffer[:size], self.buffer[size:]
        return status, headers, body

    def problem(self):
        status, _, body = self.answer()
        return status, json.loads(body)["code"]

    def closed(self):
        """True when the other side has closed and sent nothing more."""
        return not self.buffer and not self._more()

    def everything(self):
        """All that is still sent until the other side closes."""
        while self._more():
            pass
        return self.buffer

    def _until(self, mark):
        while mark not in self.buffer:
            if not self._more():
                return None
        head, self.buffer = self.buffer.split(mark, 1)
        return head

    def _more(self):
        try:
            piece = self.socket.recv(65536)
        except ConnectionResetError:
            return False
        self.buffer += piece
        return bool(piece)


def post(path, body, *headers):
    lines = [f"POST {path} HTTP/1.1", "Host: test", "Content-Type: application/json",
             f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines) + "\r\n\r\n" + body


def get(path, *headers):
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: test", *headers]) + "\r\n\r\n"
