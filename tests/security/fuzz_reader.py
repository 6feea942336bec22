"""Fuzzes the reader of ``sessions.yaml``, guided by the branches that each file reaches.

    python tests/security/fuzz_reader.py SECONDS [FOLDER]

What a run found worth keeping goes to FOLDER, from which the next run goes on. A file
that breaks what ``oracle`` says is written beside it, as ``crash-…``; it belongs, made
small, into ``files/``.
"""

import random
import sys
import tempfile
from pathlib import Path

import atheris  # type: ignore[import-untyped]

with atheris.instrument_imports(
    include=["impulscal.schedule", "impulscal.wording", "impulscal.vcalendar"]
):
    from security.mutation import KEYS, VALUES, mutated
    from security.oracle import EXAMPLE, judge

HERE = Path(__file__).parent

# Counting branches makes Python that much slower.
SLOWER = 4


def main() -> None:
    """Fuzz for as long as it was asked for."""
    seconds, folder = int(sys.argv[1]), Path(sys.argv[2] if sys.argv[2:] else tempfile.mkdtemp())
    kept = folder / "corpus"
    kept.mkdir(parents=True, exist_ok=True)
    seeds = [EXAMPLE, *(file.read_bytes() for file in sorted(HERE.glob("files/*")))]
    for number, seed in enumerate(seeds):
        kept.joinpath(f"seed-{number}").write_bytes(seed)
    words = folder / "dictionary"
    words.write_text("".join(f"{_quoted(word)}\n" for word in (*KEYS, *VALUES)))
    texts = [seed.decode("utf-8", "replace") for seed in seeds]

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        chance = random.Random(seed)
        if chance.random() < 0.3:
            return bytes(atheris.Mutate(data, most))
        return mutated(data.decode("utf-8", "replace"), chance, texts).encode()[:most]

    options = (
        f"-max_total_time={seconds}",
        f"-dict={words}",
        f"-artifact_prefix={folder}/",
        "-max_len=65536",
        "-timeout=30",
        "-rss_limit_mb=1500",
        "-print_final_stats=1",
    )
    atheris.Setup([sys.argv[0], *options, str(kept)], _try, custom_mutator=mutate)
    atheris.Fuzz()


def _try(data: bytes) -> None:
    judge(data, seconds=2.0 * SLOWER)


def _quoted(word: str) -> str:
    """Return a word as libFuzzer's dictionaries have it: other bytes as ``\\xAB``."""
    plain = (chr(b) if 32 <= b < 127 and b not in b'"\\' else f"\\x{b:02X}" for b in word.encode())
    return f'"{"".join(plain)}"'


if __name__ == "__main__":
    main()
