"""Many GETs over one connection, without waiting for each answer."""

import json
import re
import socket

BATCH = 64


def get_all(port, requests):
    """requests: [(path, token)]. Yields (status, body as JSON) in their order."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        stream = connection.makefile("rb")
        for begin in range(0, len(requests), BATCH):
            batch = requests[begin:begin + BATCH]
            connection.sendall("".join(
                f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"
                for path, token in batch).encode())
            for _ in batch:
                yield _read_reply(stream)


def _read_reply(stream):
    status = int(stream.readline().split()[1])
    length = 0
    while (line := stream.readline()) not in (b"\r\n", b""):
        if found := re.match(rb"content-length: *(\d+)", line, re.IGNORECASE):
            length = int(found.group(1))
    return status, json.loads(stream.read(length))
