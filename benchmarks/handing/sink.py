"""An HTTPS server that reads each request to its end and accepts it: as fast as such a thing can be."""

from __future__ import annotations

import socket
import ssl
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

ANSWER = b"HTTP/1.1 202 Accepted\r\nX-Message-Id: sink\r\nContent-Length: 0\r\n\r\n"


def certificate(folder: Path) -> tuple[Path, Path]:
    """Files with a key and a certificate for localhost that signs itself."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.x509.oid import NameOID

    # RSA of 2,048 bits is what SendGrid's own certificate has.
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    own, chain = folder / "key.pem", folder / "chain.pem"
    own.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return own, chain


def serve(key: str, chain: str) -> None:
    """Serve until killed; the port is the first line on stdout."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        print(listener.getsockname()[1], flush=True)
        while True:
            plain, _ = listener.accept()
            threading.Thread(target=_connection, args=(plain, context), daemon=True).start()


def _connection(plain: socket.socket, context: ssl.SSLContext) -> None:
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    room = bytearray(1 << 20)
    try:
        with context.wrap_socket(plain, server_side=True) as line:
            heard = b""
            while True:
                while b"\r\n\r\n" not in heard:
                    more = line.recv(65_536)
                    if not more:
                        return
                    heard += more
                head, _, rest = heard.partition(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
                left = length - len(rest)
                while left > 0:
                    got = line.recv_into(room, min(left, len(room)))
                    if not got:
                        return
                    left -= got
                heard = b""
                line.sendall(ANSWER)
                if b"connection: close" in head.lower():
                    return
    except OSError:
        return


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2])
