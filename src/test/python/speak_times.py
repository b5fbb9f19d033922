"""First sound of a running service: by POST /v1/speak and by the WebSocket, from the request to the first samples.

usage: speak_times.py [--port N] [--rounds N] [--text TEXT] [--method NAME]
Prints median, least and most; the first round, which may load models, apart.
"""
import argparse
import base64
import json
import os
import socket
import statistics
import struct
import time


def by_post(host, port, request):
    """Seconds to the first sample, seconds of speech, seconds to the end."""
    body = json.dumps(request).encode()
    began, s = time.time(), socket.create_connection((host, port))
    s.sendall(f"POST /v1/speak HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nConnection: close\r\n"
              f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
    got, first = b"", None
    while block := s.recv(65536):
        got += block
        # The header of the WAV comes with the first samples, or alone before them.
        if first is None and len(got.partition(b"\r\n\r\n")[2]) > 1000:
            first = time.time() - began
    s.close()
    if not got.startswith(b"HTTP/1.1 200"):
        raise SystemExit(got[:500].decode(errors="replace"))
    return first, len(got) / 32000, time.time() - began


def exactly(s, n):
    out = b""
    while len(out) < n:
        block = s.recv(n - len(out))
        if not block:
            raise EOFError
        out += block
    return out


def by_socket(host, port, request):
    s = socket.create_connection((host, port))
    key = base64.b64encode(os.urandom(16)).decode()
    s.sendall(f"GET /v1/speak HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
              "Sec-WebSocket-Version: 13\r\n\r\n".encode())
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):
        answer += exactly(s, 1)
    body = json.dumps(dict(request, type="speak")).encode()
    mask = os.urandom(4)
    length = struct.pack("!BBH", 0x81, 0xFE, len(body)) if len(body) > 125 else struct.pack("!BB", 0x81, 0x80 | len(body))
    began = time.time()
    s.sendall(length + mask + bytes(b ^ mask[k % 4] for k, b in enumerate(body)))
    first, samples = None, 0
    while True:
        kind, size = exactly(s, 2)
        size &= 0x7F
        size = struct.unpack("!H", exactly(s, 2))[0] if size == 126 else struct.unpack("!Q", exactly(s, 8))[0] if size == 127 else size
        payload = exactly(s, size)
        if kind & 0x0F == 2:
            first = first or time.time() - began
            samples += size // 2
        elif kind & 0x0F == 1 and json.loads(payload)["type"] in ("done", "error"):
            if first is None:
                raise SystemExit(payload.decode())
            s.close()
            return first, samples / 16000, time.time() - began


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--text", default="The old harbour was quiet today.")
    parser.add_argument("--method", default="parallel")
    args = parser.parse_args()
    request = dict(text=args.text, language="en", voice="cathy", method=args.method)
    for name, way in (("POST", by_post), ("WebSocket", by_socket)):
        found = [way(args.host, args.port, request) for _ in range(args.rounds + 1)]
        firsts = [1000 * f for f, _, _ in found[1:]]
        print(f"{name}: first sound after {statistics.median(firsts):.0f} ms (least {min(firsts):.0f}, most {max(firsts):.0f}; the first request "
              f"{1000 * found[0][0]:.0f}); {found[-1][1]:.2f} s of speech done after {statistics.median(t for _, _, t in found[1:]):.2f} s")


if __name__ == "__main__":
    main()
