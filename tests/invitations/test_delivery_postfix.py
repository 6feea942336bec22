"""Debian's Postfix takes our mail: encrypted, with a password, from a stranger's point of view."""

import os
import pwd
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from time import monotonic

import pytest

from impulscal.invitations.delivery import Delivery, Drained
from impulscal.invitations.model import Kind, Letter, Listed, State
from impulscal.invitations.outbox import queue
from impulscal.settings import Clock, MailServer
from invitations.house import JUERGEN, House
from invitations.mail_servers import Authority

PASSWORD = "g:e/h@eim"

MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
myhostname = mail.example
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
message_size_limit = 100000
alias_maps =
mydestination =
virtual_mailbox_domains = stadt.example
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = inline:{{{{j.mueller@stadt.example=box/}} {{ada@stadt.example=box/}}}}
virtual_uid_maps = static:{user}
virtual_gid_maps = static:{group}
smtpd_tls_security_level = encrypt
smtpd_tls_chain_files = {key}, {certificate}
smtpd_sasl_auth_enable = yes
smtpd_client_restrictions = permit_sasl_authenticated, reject
"""

MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
tlsmgr unix - - n 1000? 1 tlsmgr
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""

SASL = """\
pwcheck_method: auxprop
auxprop_plugin: sasldb
mech_list: PLAIN LOGIN
sasldb_path: {folder}/passwords
"""


@dataclass
class Postfix:
    """An instance of its own, beside whatever the machine runs."""

    folder: Path
    port: int

    def write(self, authority: Authority) -> None:
        certificate, key = authority.issue("IP:127.0.0.1")
        user = pwd.getpwnam("postfix")
        for name in ("conf/sasl", "queue", "data", "mail"):
            (self.folder / name).mkdir(parents=True)
        told = {
            "folder": self.folder,
            "port": self.port,
            "user": user.pw_uid,
            "group": user.pw_gid,
            "certificate": certificate,
            "key": key,
        }
        for name, text in (("main.cf", MAIN), ("master.cf", MASTER), ("sasl/smtpd.conf", SASL)):
            (self.folder / "conf" / name).write_text(text.format(**told), encoding="utf-8")
        passwords = self.folder / "passwords"
        subprocess.run(
            ["saslpasswd2", "-p", "-c", "-f", passwords, "-u", "mail.example", "post"],
            input=PASSWORD.encode(),
            check=True,
        )
        for path in (passwords, self.folder / "data", self.folder / "mail"):
            os.chown(path, user.pw_uid, user.pw_gid)

    def run(self, command: str) -> None:
        subprocess.run(
            ["postfix", "-c", self.folder / "conf", command],
            check=True,
            capture_output=True,
            timeout=60,
        )

    def server(self, password: str = PASSWORD) -> MailServer:
        return MailServer(
            host="127.0.0.1",
            port=self.port,
            user="post@mail.example",
            password=password,
            starttls=True,
            per_minute=0,
        )

    def delivered(self, number: int) -> list[bytes]:
        """Return what lies in the mailbox as soon as there are ``number`` messages."""
        box = self.folder / "mail" / "box" / "new"
        latest = monotonic() + 60
        while len(found := list(box.glob("*"))) < number and monotonic() < latest:
            Event().wait(0.05)
        return [path.read_bytes() for path in found]


@pytest.fixture
def postfix(
    require_program: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Postfix]:
    require_program("openssl")
    require_program("postfix")
    # Not below tmp_path: Postfix gives up root's rights and may not look in there.
    with tempfile.TemporaryDirectory(prefix="postfix-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        authority = Authority(folder)
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
        built = Postfix(folder, port)
        built.write(authority)
        built.run("start")
        try:
            yield built
        finally:
            built.run("stop")


def body(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n").partition(b"\n\n")[2]


def test_postfix_takes_delivers_and_refuses(house: House, postfix: Postfix) -> None:
    house.add(JUERGEN, Listed(address="nobody@stadt.example"), Listed(address="ada@stadt.example"))
    house.invite()
    wanted = sorted(body(message.data or b"") for message in house.messages()[::2])

    wrong = Delivery(house.database, postfix.server("letmein"), Clock(house.now)).drain()
    drained = Delivery(house.database, postfix.server(), Clock(house.now)).drain()

    messages = house.messages()
    replies = [message.reply or "" for message in messages]
    assert "refuses user name or password: 535 5.7.8" in str(wrong.stopped)
    assert drained == Drained(sent=2, given_up=1)
    assert replies[0].startswith("250 2.0.0 Ok: queued as ")
    assert replies[1].startswith("550 5.1.1 <nobody@stadt.example>: Recipient address rejected")
    assert [message.attempts for message in messages] == [1, 1, 1]
    delivered = postfix.delivered(2)
    assert sorted(body(data) for data in delivered) == wanted
    assert all(b"with ESMTPSA" in data for data in delivered)


def test_postfix_refuses_what_is_too_large_before_it_is_sent(
    house: House, postfix: Postfix
) -> None:
    large = b"From: a@mail.example\r\n\r\n" + b"x" * 70 + b"\r\n" * 100_000
    letter = Letter(
        guest=None,
        kind=Kind.SIGN_IN,
        recipient="ada@stadt.example",
        message_id="<large@mail.example>",
        data=large,
    )
    with house.database.writing() as transaction:
        queue(transaction, letter, now=house.now)

    drained = Delivery(house.database, postfix.server(), Clock(house.now)).drain()

    (message,) = house.messages()
    assert drained == Drained(given_up=1)
    assert message.state is State.GIVEN_UP
    assert message.reply == "552 5.3.4 Message size exceeds fixed limit"
