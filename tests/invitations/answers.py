"""Answers by mail: samples as programs write them, and one that can be bent at will."""

from dataclasses import dataclass
from pathlib import Path

__all__ = ["SAMPLES", "Written", "sample"]

SAMPLES = Path(__file__).parent / "replies"

UID = "2.stadtimpuls@einsateam.de"


def sample(name: str) -> bytes:
    """Return an answer as a program writes it, given at 12:15 on 20 May 2021."""
    return (SAMPLES / f"{name}.eml").read_bytes()


@dataclass(frozen=True, kw_only=True)
class Written:
    """An answer of Jürgen Müller; what is named otherwise is bent."""

    partstat: str = "ACCEPTED"
    sequence: str = "SEQUENCE:0"
    dtstamp: str = "20210520T101500Z"
    uid: str = UID
    attendee: str = "mailto:j.mueller@stadt.example"
    sender: str = "From: Jürgen Müller <j.mueller@stadt.example>"
    headers: str = ""
    method: str = "REPLY"
    kind: str = "text/calendar; method=REPLY; charset=utf-8"
    more: str = ""

    def calendar(self) -> str:
        return (
            f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//y//EN\nMETHOD:{self.method}\n"
            f"{self.event()}{self.more}END:VCALENDAR\n"
        )

    def event(self) -> str:
        return (
            f"BEGIN:VEVENT\nUID:{self.uid}\nDTSTAMP:{self.dtstamp}\n{self.sequence}\n"
            f"ORGANIZER:mailto:stadtimpuls@einsateam.de\n"
            f"ATTENDEE;PARTSTAT={self.partstat}:{self.attendee}\nEND:VEVENT\n"
        )

    def mail(self) -> bytes:
        heads = f"{self.headers}{self.sender}\nContent-Type: {self.kind}\n"
        return f"{heads}Content-Transfer-Encoding: 8bit\n\n{self.calendar()}".encode()
