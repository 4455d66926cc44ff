"""Every reader of FORMATS, fed by a coverage-guided fuzzer.

    pip install -e '.[fuzz]'          # atheris, on Linux and macOS
    python -m bench.fuzz [--format gift] [--seconds 30] [--seeds FOLDER]

A reader may refuse anything with `Invalid` and must do nothing else: no other error, no read over
a second of processor, none that takes more than 200 MB. What the fuzzer finds is tried again by
itself, without its instruments, before it counts. Seeds are the golden files under
tests/golden/formats, questions made at random and written by the format itself, and the files of a
folder. Ends with 1 if anything was found; the inputs stay in the folder that is printed.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
import tracemalloc
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from io import BytesIO
from pathlib import Path
from random import Random

GOLDEN = Path(__file__).parent.parent / "tests" / "golden" / "formats"
_MOST_SECONDS, _MOST_BYTES = 1.0, 200 * 1024 * 1024
#: Slower than this under the fuzzer's instruments, or growing by this much, is tried again.
_SLOW, _GROWN_KB = 1.0, 60 * 1024
_LONGEST = 64 * 1024
_LARGEST_SEED = 40_000
_TOKEN = re.compile(rb"[^\s\x00-\x1f\x7f-\xff]{2,24}")
_PACKED = {"qti12", "qti2", "qti3", "common_cartridge"}
#: The parts of a workbook that are fed alone: a change in the zip would only spoil its checksum.
_SHEET_PARTS = ("xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/workbook.xml")
_MADE = 24
_KINDS = {
    "qti12": "imsqti_xmlv1p2",
    "qti2": "imsqti_item_xmlv2p1",
    "qti3": "imsqti_item_xmlv3p0",
    "common_cartridge": "imsqti_xmlv1p2/imscc_xmlv1p1/assessment",
}


def main() -> int:
    """Fuzz what is asked for, print a table, and return 1 if anything was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--format", default="", help="one format instead of all")
    parser.add_argument("--seconds", type=int, default=30, help="of processor, for each format")
    parser.add_argument("--seeds", type=Path, action="append", default=[])
    parser.add_argument("--within", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--again", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.again:
        return _again(chosen.format, chosen.again)
    if importlib.util.find_spec("atheris") is None:
        print("atheris is not installed: pip install -e '.[fuzz]'")
        return 2
    if chosen.within:
        _fuzz(chosen.format, chosen.within, chosen.seconds)
        return 0
    return _drive(chosen.format, chosen.seconds, [GOLDEN, *chosen.seeds])


def _drive(wanted: str, seconds: int, seeds: Sequence[Path]) -> int:
    from quizapp.formats.registry import FORMATS  # noqa: PLC0415 - instrumented in the child

    names = [name for name, one in FORMATS.items() if one.can_read and wanted in ("", name)]
    columns = ("seeds", "runs", "covered", "raised", "slow", "big")
    print(f"{'format':18}" + "".join(f"{column:>9}" for column in columns))
    found = 0
    for name in names:
        folder = Path(tempfile.mkdtemp(prefix=f"fuzz-{name}-"))
        count = _sow(name, seeds, folder)
        runs, covered = _run(name, folder, seconds)
        faults = _try_again(name, folder)
        tally = Counter(kind for kind, _ in faults)
        figures = (count, runs, covered, *(tally[kind] for kind in ("raised", "slow", "big")))
        print(f"{name:18}" + "".join(f"{figure:>9}" for figure in figures), flush=True)
        for kind, what in faults:
            print(f"  {kind}: {what}")
        if runs == "?":
            print(f"  It did not run; see {folder}/log.txt")
        found += len(faults) + (runs == "?")
    return int(found > 0)


def _sow(name: str, folders: Sequence[Path], target: Path) -> int:
    """Write the seeds of a format, each with the byte that says how it is fed; return how many."""
    corpus, raised = target / "corpus", target / "raised"
    corpus.mkdir()
    raised.mkdir()
    tokens: Counter[bytes] = Counter()
    for path, data in _seeds(name, folders):
        ways = range(len(ways_of(name)))
        for way in ways if name in _PACKED and not data.startswith(b"PK") else ways[:1]:
            (corpus / f"{path.name}-{way}").write_bytes(bytes([way]) + data)
        tokens.update(_TOKEN.findall(data))
    for number, (way, data) in enumerate(_written(name)):
        (corpus / f"made-{number}").write_bytes(bytes([way]) + data)
        tokens.update(_TOKEN.findall(data))
    escaped = [_escaped(token) for token, _ in tokens.most_common(400)] or ["\\x3d"]
    (target / "words.dict").write_text("".join(f'"{one}"\n' for one in escaped))
    return len(list(corpus.iterdir()))


def _seeds(name: str, folders: Sequence[Path]) -> Iterator[tuple[Path, bytes]]:
    from quizapp.formats.registry import FORMATS  # noqa: PLC0415 - instrumented in the child

    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.stat().st_size <= _LARGEST_SEED:
                data = path.read_bytes()
                like = _PACKED if name in _PACKED else {name}
                if path.parent.name in like or any(FORMATS[n].detects(data, "") for n in like):
                    yield path, data


def _written(name: str) -> Iterator[tuple[int, bytes]]:
    """Return files of made questions as the format writes them, each with how it is fed."""
    from bench.made_drafts import make  # noqa: PLC0415 - instrumented in the child
    from quizapp.formats.registry import FORMATS  # noqa: PLC0415
    from quizapp.questions.registry import TYPES  # noqa: PLC0415

    if not FORMATS[name].can_write:
        return
    random = Random(name)  # noqa: S311 - the same seeds each time
    for number in range(_MADE):
        drafts = [make(random, one) for one in sorted(TYPES)[number % len(TYPES) :]]
        data = FORMATS[name].write(drafts, title="Made").data
        if name != "excel":
            yield 0, data
            continue
        for way, part in enumerate(_SHEET_PARTS, start=1):
            with zipfile.ZipFile(BytesIO(data)) as archive:
                yield way, archive.read(part)


def _escaped(token: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in token)


def ways_of(name: str) -> list[Callable[[bytes], bytes]]:
    """Return how an input can be fed: as it is, or as a document of a package."""
    if name == "excel":
        return [lambda data: data, *(partial(_workbook, part) for part in _SHEET_PARTS)]
    if name not in _PACKED:
        return [lambda data: data]
    return [
        lambda data: data,
        lambda data: _packed({"imsmanifest.xml": _manifest(name), "item.xml": data}),
        lambda data: _packed({"imsmanifest.xml": data, "item.xml": b"<item ident='a'/>"}),
    ]


def _workbook(part: str, data: bytes) -> bytes:
    """Return a workbook that is whole but for one part."""
    return _packed(_whole_workbook() | {part: data})


@cache
def _whole_workbook() -> dict[str, bytes]:
    from bench.made_drafts import make  # noqa: PLC0415 - instrumented in the child
    from quizapp.formats.registry import FORMATS  # noqa: PLC0415

    draft = make(Random(0), "single_choice")  # noqa: S311 - the same workbook each time
    data = FORMATS["excel"].write([draft], title="Made").data
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {path: archive.read(path) for path in archive.namelist()}


def _manifest(name: str) -> bytes:
    return (
        f'<manifest><resources><resource identifier="r" type="{_KINDS[name]}" href="item.xml">'
        '<file href="item.xml"/></resource></resources></manifest>'
    ).encode()


def _packed(files: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for path, data in files.items():
            archive.writestr(zipfile.ZipInfo(path), data)
    return out.getvalue()


def _run(name: str, folder: Path, seconds: int) -> tuple[str, str]:
    """Fuzz in a process of its own; return how many runs it made and how much they covered."""
    command = [sys.executable, "-m", "bench.fuzz", "--format", name, "--within", str(folder)]
    with (folder / "log.txt").open("wb") as log:
        subprocess.run([*command, "--seconds", str(seconds)], stderr=log, stdout=log, check=False)
    said = (folder / "log.txt").read_text(errors="replace")
    covered = re.findall(r"cov: (\d+)", said)
    runs = folder / "runs.txt"
    return runs.read_text() if runs.exists() else "?", covered[-1] if covered else "?"


def _fuzz(name: str, folder: Path, seconds: int) -> None:
    """Run the fuzzer; it ends the process."""
    import atheris  # noqa: PLC0415 - only here

    with atheris.instrument_imports(include=["quizapp"]):
        from quizapp.errors import Invalid  # noqa: PLC0415
        from quizapp.formats.registry import FORMATS  # noqa: PLC0415

    one, ways, seen = FORMATS[name], ways_of(name), set()
    runs, ends = 0, time.process_time() + seconds

    def keep(kind: str, mark: str, data: bytes) -> None:
        if mark not in seen:
            seen.add(mark)
            digest = hashlib.sha256(data).hexdigest()[:12]
            (folder / "raised" / f"{kind}-{digest}").write_bytes(data)

    def read(data: bytes) -> None:
        nonlocal runs
        runs += 1
        if (
            time.process_time() > ends
        ):  # the library knows wall time only, and others may be at work
            (folder / "runs.txt").write_text(str(runs))
            os._exit(0)
        if not data:
            return
        fed = ways[data[0] % len(ways)](data[1:])
        grown, began = _peak(), time.process_time()
        try:
            one.detects(fed, "")
            one.read(fed)
        except Invalid:
            pass
        except Exception as error:  # noqa: BLE001 - it is what is looked for
            keep("raised", _where(error), data)
        if time.process_time() - began > _SLOW:
            keep("slow", f"slow{len(seen)}" if len(seen) < 30 else "slow", data)
        if _peak() - grown > _GROWN_KB:
            keep("big", f"big{len(seen)}" if len(seen) < 30 else "big", data)

    atheris.Setup(
        [
            sys.argv[0],
            str(folder / "corpus"),
            f"-max_len={_LONGEST}",
            f"-dict={folder / 'words.dict'}",
            "-rss_limit_mb=2000",
            "-timeout=60",
            f"-artifact_prefix={folder}/raised/raised-",
        ],
        read,
    )
    atheris.Fuzz()


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _where(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    line = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
    return f"{type(error).__name__} {line}"


def _try_again(name: str, folder: Path) -> list[tuple[str, str]]:
    """Feed what was found to the reader alone, and return what is still a fault."""
    faults = []
    for path in sorted((folder / "raised").iterdir()):
        command = [sys.executable, "-m", "bench.fuzz", "--format", name, "--again", str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        said = done.stdout.strip().splitlines()
        if done.returncode:
            kind = said[-1].split(":")[0] if said else "raised"
            faults.append((kind, f"{said[-1] if said else done.stderr[-500:]} ({path})"))
    return faults


def _again(name: str, path: Path) -> int:
    """Read one input, timed and then weighed; print and return whether it is a fault."""
    from quizapp.errors import Invalid  # noqa: PLC0415
    from quizapp.formats.registry import FORMATS  # noqa: PLC0415

    data = path.read_bytes()
    ways = ways_of(name)
    fed = ways[data[0] % len(ways)](data[1:]) if data else b""
    took, weight = 0.0, 0
    for is_weighed in (False, True):
        if is_weighed:
            tracemalloc.start()
        began = time.process_time()
        try:
            FORMATS[name].detects(fed, "")
            FORMATS[name].read(fed)
        except Invalid:
            pass
        except Exception as error:  # noqa: BLE001 - it is what is looked for
            print(f"raised: {_where(error)} {error}"[:400])
            return 1
        if is_weighed:
            weight = tracemalloc.get_traced_memory()[1]
        else:
            took = time.process_time() - began
    if took > _MOST_SECONDS or weight > _MOST_BYTES:
        print(f"{'slow' if took > _MOST_SECONDS else 'big'}: {took:.2f} s, {weight / 2**20:.0f} MB")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
