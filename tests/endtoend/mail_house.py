"""Postfix and Dovecot of our own: on loopback, on free ports, as child processes, with everything in one folder."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PASSWORD = "carried-by-hand"
TRIES = 400

MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file_prefixes = {folder}
maillog_file = {folder}/mail.log
myhostname = relay.example
mydestination =
alias_maps =
alias_database =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
disable_dns_lookups = yes
smtputf8_enable = yes
smtpd_recipient_restrictions = permit_mynetworks, reject
default_transport = error:no mail leaves this machine
relay_transport = error:no mail leaves this machine
smtpd_reject_unlisted_recipient = no
virtual_mailbox_domains = mail.example, news.example, gone.example
virtual_mailbox_maps = regexp:{folder}/boxes
virtual_mailbox_base = {folder}/mail
virtual_mailbox_limit = 0
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
default_process_limit = 20
bounce_queue_lifetime = 1h
"""
SERVICES = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""
BOXES = """\
/^reader[0-9]+@mail\\.example$/ readers/
/^bounce\\+.*@news\\.example$/ bounces/
"""
DOVECOT = """\
base_dir = {folder}/dovecot
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
first_valid_uid = 1
first_valid_gid = 0
default_vsz_limit = 1G
mail_location = maildir:{folder}/mail/%n
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%n
}}
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
"""


@dataclass(frozen=True)
class House:
    """Where mail is given and where it is fetched; boxes are `readers` and `bounces`, each a user of that name."""

    smtp: int
    imap: int
    folder: Path

    def log(self) -> str:
        return "\n".join(
            (self.folder / name).read_text(errors="replace")[-3000:]
            for name in ("mail.log", "dovecot.log")
            if (self.folder / name).exists()
        )


def missing() -> str:
    """Why there can be no such house here; empty when there can."""
    if os.getuid() != 0:
        return "Postfix starts as root only"
    wanted = {"postfix": "postfix", "dovecot": "dovecot-imapd"}
    gone = [package for program, package in wanted.items() if not shutil.which(program, path="/usr/sbin:/usr/bin")]
    return f"not installed on this machine: {', '.join(gone)}" if gone else ""


@contextmanager
def house() -> Iterator[House]:
    """A running house. Its folder is short and open to the users that the services run as."""
    folder = Path(tempfile.mkdtemp(prefix="digest-mail-"))
    folder.chmod(0o755)
    owner, nobody = pwd.getpwnam("postfix"), pwd.getpwnam("nobody")
    ids = {"folder": folder, "uid": nobody.pw_uid, "gid": nobody.pw_gid, "password": PASSWORD}
    made = House(_free(), _free(), folder)
    for name in ("queue", "data", "mail", "etc"):
        (folder / name).mkdir(mode=0o755)
    os.chown(folder / "data", owner.pw_uid, 0)
    os.chown(folder / "mail", nobody.pw_uid, nobody.pw_gid)
    (folder / "etc/main.cf").write_text(MAIN.format(**ids))
    (folder / "etc/master.cf").write_text(SERVICES.format(port=made.smtp))
    (folder / "boxes").write_text(BOXES)
    (folder / "dovecot.conf").write_text(DOVECOT.format(port=made.imap, **ids))
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    running = [
        subprocess.Popen(["/usr/sbin/postfix", "-c", folder / "etc", "start-fg"], **quiet),  # type: ignore[call-overload]
        subprocess.Popen(["/usr/sbin/dovecot", "-F", "-c", folder / "dovecot.conf"], **quiet),  # type: ignore[call-overload]
    ]
    try:
        for port, greeting in ((made.smtp, b"220 "), (made.imap, b"* OK")):
            _answers(port, greeting, made)
        yield made
    finally:
        subprocess.run(["/usr/sbin/postfix", "-c", folder / "etc", "stop"], check=False, **quiet)  # type: ignore[call-overload]
        for process in running:
            process.terminate()
            process.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int, greeting: bytes, made: House) -> None:
    for _ in range(TRIES):
        try:
            with socket.create_connection(("127.0.0.1", port), 2) as sock:
                if sock.recv(4) == greeting:
                    return
        except OSError:
            subprocess.run(["sleep", "0.05"], check=True)
    raise AssertionError(f"nothing answers on port {port}:\n{made.log()}")
