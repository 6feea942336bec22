"""Answering what was answered before: processor time of all server processes for a request."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from benchmarks.figures import Aim, Figure, at_most, interleave, ratio
from benchmarks.load import Load, microseconds
from benchmarks.peers.nginx import nginx
from benchmarks.peers.servers import granian, gunicorn
from benchmarks.places import Plan
from benchmarks.schedules import SERIES, write_schedule
from benchmarks.servers import Server, ask, impulscal

__all__ = ["OURS", "PEER", "PEERS", "measure"]

PEERS = ("nginx", "wrk", "granian", "gunicorn", "Flask")

OURS, PEER = "impulscal", "nginx"

_FEED = f"/{SERIES}.ics"

# As many as make 20 kB and 1.2 MB.
_SMALL, _LARGE = 16, 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One kind of request.

    Attributes:
        paths: What is asked for, by server; whoever is not named does not take part.
        headers: Of every request, beside those of ``validator``.
        conditional: Whether the server's own ETag is sent along, for a 304.
        aim: For our cost against nginx's.
    """

    what: str
    paths: Mapping[Server, str]
    headers: Mapping[str, str] = field(default_factory=dict)
    conditional: bool = False
    aim: Aim | None = None


def measure(plan: Plan) -> list[Figure]:
    """Measure all cases; the same bytes from everybody, checked before."""
    small, large = (
        write_schedule(plan.folder / f"{sessions}.yaml", sessions) for sessions in (_SMALL, _LARGE)
    )
    with ExitStack() as stack:
        ours = stack.enter_context(impulscal(small, path=_FEED))
        ours_large = stack.enter_context(impulscal(large, path=_FEED))
        static = stack.enter_context(_static(plan.folder / "files", ours, ours_large))
        body = str(plan.folder / "files" / "small.ics")
        app = "with_etag:make_app()"
        flasks = [
            stack.enter_context(start(name, app, path="/feed.ics", BODY=body))
            for name, start in (("Flask, gunicorn", gunicorn), ("Flask, granian", granian))
        ]
        for server in (ours, ours_large):
            server.settle()
        figures: list[Figure] = []
        for case in _cases(ours, ours_large, static, flasks):
            figures += _measured(case, plan)
        return figures


def _cases(
    ours: Server, ours_large: Server, static: Server, flasks: list[Server]
) -> Iterator[Case]:
    small = {ours: _FEED, static: "/small.ics"}
    all_small = {**small, **dict.fromkeys(flasks, "/feed.ics")}
    yield Case(what="200, 20 kB feed", paths=all_small, aim=at_most(2.6))
    yield Case(what="304", paths=all_small, conditional=True, aim=at_most(3))
    yield Case(
        what="200, a new connection each",
        paths=small,
        headers={"Connection": "close"},
        aim=at_most(1.6),
    )
    copying = replace(static, name=f"{PEER} without sendfile")
    large = {ours_large: _FEED, static: "/large.ics", copying: "/copied/large.ics"}
    yield Case(what="200, 1.2 MB feed", paths=large, aim=at_most(1))
    for encoding, suffix in (("gzip", "gz"), ("br", "br")):
        headers = {"Accept-Encoding": encoding}
        if _packs(ours, encoding):
            paths = {ours: f"/{SERIES}/", static: f"/page.{suffix}"}
            yield Case(what=f"200, page packed with {encoding}", paths=paths, headers=headers)


def _packs(server: Server, encoding: str) -> bool:
    answer = ask(server.port, f"/{SERIES}/", {"Accept-Encoding": encoding})
    return answer.headers.get("content-encoding") == encoding


@contextmanager
def _static(folder: Path, ours: Server, ours_large: Server) -> Iterator[Server]:
    """Let nginx serve the very bytes that we serve."""
    folder.mkdir()
    (folder / "small.ics").write_bytes(ask(ours.port, _FEED).body)
    (folder / "large.ics").write_bytes(ask(ours_large.port, _FEED).body)
    for encoding, suffix in (("gzip", "gz"), ("br", "br")):
        answer = ask(ours.port, f"/{SERIES}/", {"Accept-Encoding": encoding})
        (folder / f"page.{suffix}").write_bytes(answer.body)
    with nginx(folder, path="/small.ics") as server:
        yield server


def _measured(case: Case, plan: Plan) -> Iterator[Figure]:
    _check(case)
    contenders = {}
    for server, path in case.paths.items():
        headers = _headers(case, server)
        microseconds(server, Load(path=path, headers=headers, seconds=1))  # to warm up
        load = Load(path=path, headers=headers, seconds=plan.seconds)
        contenders[server.name] = partial(microseconds, server, load)
    values = interleave(contenders, plan.rounds)
    for name in contenders:
        yield Figure(what=case.what, who=name, unit="µs", values=values[name])
    for name in contenders:
        if name.startswith(PEER):
            yield Figure(
                what=case.what,
                who=f"{OURS} : {name}",
                unit="×",
                values=ratio(values[OURS], values[name]),
                aim=case.aim if name == PEER else None,
            )


def _headers(case: Case, server: Server) -> Mapping[str, str]:
    if not case.conditional:
        return case.headers
    return {**case.headers, "If-None-Match": ask(server.port, case.paths[server]).headers["etag"]}


def _check(case: Case) -> None:
    """Refuse to compare answers that are not the same."""
    answers = [
        ask(server.port, path, _headers(case, server)) for server, path in case.paths.items()
    ]
    told = {(answer.status, answer.body) for answer in answers}
    if len(told) > 1 or answers[0].status != (304 if case.conditional else 200):
        raise RuntimeError(f"{case.what}: the answers differ, or are not what was asked for")
