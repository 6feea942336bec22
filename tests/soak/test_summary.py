"""That the soak would notice a worker that grows."""

from dataclasses import replace

import pytest

from soak.server import Sample
from soak.summary import Lives

SAMPLE = Sample(pid=1, memory=100.0, files=20, threads=8)


def lived(*samples: Sample, huge_at: int = 5) -> Lives:
    lives = Lives()
    for second, sample in enumerate(samples):
        lives.take([sample], huge=int(second >= huge_at))
    return lives


def test_a_worker_that_comes_and_goes_about_the_same_has_not_grown() -> None:
    huge = replace(SAMPLE, memory=180.0)
    lives = lived(*[SAMPLE, SAMPLE, huge] * 40)

    assert (lives.grown(), lives.longest(), lives.most_files()) == ([], 120, 20)


@pytest.mark.parametrize(("memory", "threads"), [(1.0, 0.0), (0.0, 0.2)])
def test_a_worker_that_grows_is_noticed(memory: float, threads: float) -> None:
    samples = [
        replace(SAMPLE, memory=100 + memory * second, threads=8 + int(threads * second))
        for second in range(120)
    ]

    assert [life.seconds for life in lived(*samples).grown()] == [120]


def test_a_worker_that_met_a_huge_file_late_may_grow() -> None:
    samples = [replace(SAMPLE, memory=100.0 + 40 * (second > 60)) for second in range(120)]

    assert len(lived(*samples, huge_at=39).grown()) == 1
    assert lived(*samples, huge_at=60).grown() == []


def test_a_worker_that_is_young_may_grow() -> None:
    samples = [replace(SAMPLE, memory=100.0 + 5 * second) for second in range(30)]

    assert lived(*samples).grown() == []
