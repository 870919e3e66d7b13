"""Tells whoever asks which address the question came from: over TCP and UDP, no packet ever in fragments.

echo.py serve ADDRESS PORT          until its input ends
echo.py ask tcp|udp ADDRESS PORT [SIZE]    prints the answer; SIZE: bytes of the question, and of the answer
"""
import os, socket, sys, threading

IP_MTU_DISCOVER, IP_PMTUDISC_DO = 10, 2  # sets Don't Fragment, and fails at once if a packet does not fit


def opened(kind):
    s = socket.socket(socket.AF_INET, kind)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO)
    return s


def tcp(s):
    while True:
        connection, peer = s.accept()
        connection.sendall(peer[0].encode())
        connection.close()


def udp(s):
    while True:
        question, peer = s.recvfrom(65535)
        s.sendto(peer[0].encode().ljust(len(question)), peer)


what, *rest = sys.argv[1:]
if what == "serve":
    address, port = rest[0], int(rest[1])
    for kind, serve in (socket.SOCK_STREAM, tcp), (socket.SOCK_DGRAM, udp):
        s = opened(kind)
        s.bind((address, port))
        if kind == socket.SOCK_STREAM:
            s.listen()
        threading.Thread(target=serve, args=(s,), daemon=True).start()
    print("ready", flush=True)
    sys.stdin.read()
    os._exit(0)

s = opened(socket.SOCK_STREAM if rest[0] == "tcp" else socket.SOCK_DGRAM)
s.settimeout(1)
try:
    s.connect((rest[1], int(rest[2])))
    if rest[0] == "udp":
        s.send(b"?" * int(rest[3] if rest[3:] else 32))
    print(s.recv(65535).decode().strip())
except OSError as error:
    sys.exit(f"{error}")
