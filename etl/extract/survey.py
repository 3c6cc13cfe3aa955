"""List the files under the raw folder by their directory entries; nothing is opened."""

import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from etl.extract.outcome import DEFAULT_LIMITS, InputFile, Limits

PACKABLE = (".csv", ".tsv", ".json", ".ndjson", ".jsonl")
SUFFIXES = (*PACKABLE, ".parquet", ".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
VOCABULARY = (
    "claim_tolerances",
    "dimensions",
    "geographies",
    "measures",
    "nationalities",
    "publishers",
    "qualifiers",
    "weights",
)

_UNLISTED = re.compile(
    r"\..*|~\$.*|thumbs\.db|desktop\.ini|readme.*|licen[cs]e(\..*)?|.*\.md", re.IGNORECASE
)
_KINDS = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFBLK: "a device",
    stat.S_IFCHR: "a device",
}


def survey(raw: Path, limits: Limits = DEFAULT_LIMITS) -> tuple[InputFile, ...]:
    """Find every file below `raw`, sorted by name.

    Hidden and lock files, READMEs, licences and Markdown are nobody's data and are not listed.
    All else is: what cannot be taken carries its refusal.

    Raises:
        OSError: `raw` itself cannot be listed.
    """
    with os.scandir(raw):  # its own absence is the caller's business, not a file's refusal
        pass
    return tuple(sorted(_walk(raw, raw, limits), key=lambda file: file.name))


def vocabulary(raw: Path, files: Sequence[InputFile], folder: Path) -> tuple[InputFile, ...]:
    """Find in `folder` the reference tables that the raw folder has no file of.

    Only words that mean the same in every folder of figures: what somebody says of single files,
    figures or findings is never taken from elsewhere. Their names lead out of the raw folder, which
    no other file's does.
    """
    there = {file.dataset for file in files}
    return tuple(
        replace(_described(path.resolve(), raw.resolve(), None), dataset=dataset)
        for table in VOCABULARY
        if (dataset := f"reference_{table}") not in there
        and (path := folder / f"{table}.csv").is_file()
    )


def is_elsewhere(name: str) -> bool:
    """Say of a file's name whether it lies outside the raw folder, as only `vocabulary` does."""
    return name.startswith("../")


def format_of(name: str) -> tuple[str, bool]:
    """Give the format suffix of a file name, in lower case, and whether gzip is around it."""
    suffixes = PurePosixPath(name.lower()).suffixes
    if suffixes[-1:] == [".gz"]:
        return (suffixes[-2] if len(suffixes) > 1 else ""), True
    return (suffixes[-1] if suffixes else ""), False


def _walk(folder: Path, raw: Path, limits: Limits) -> Iterator[InputFile]:
    try:
        entries = list(os.scandir(folder))
    except OSError as error:
        yield _described(folder, raw, f"the folder cannot be listed: {error.strerror}")
        return
    for entry in entries:
        path = Path(entry.path)
        if _UNLISTED.fullmatch(entry.name):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(path, raw, limits)
        else:
            yield _described(path, raw, _refusal(path, raw, limits))


def _described(path: Path, raw: Path, refusal: str | None) -> InputFile:
    name = Path(os.path.relpath(path, raw)).as_posix()
    printable = os.fsencode(name).decode("utf-8", "backslashreplace")
    if printable != name:
        refusal = "the file name is not UTF-8: rename it"
    try:
        entry = path.stat() if path.is_symlink() and refusal is None else path.lstat()
    except OSError as error:
        return InputFile(path, printable, _dataset(printable), 0, 0, f"{error.strerror}")
    return InputFile(
        path, printable, _dataset(printable), entry.st_size, entry.st_mtime_ns, refusal
    )


def _dataset(name: str) -> str:
    parts = PurePosixPath(name).parts
    stem = parts[-1].split(".")[0]
    if len(parts) == 1:
        return stem
    return f"reference_{stem}" if parts[0] == "reference" else parts[0]


def _refusal(path: Path, raw: Path, limits: Limits) -> str | None:
    try:
        return _link_refusal(path, raw) or _file_refusal(path, path.stat(), limits)
    except (OSError, RuntimeError) as error:  # RuntimeError: a link that leads to itself
        return f"cannot be looked at: {error}"


def _link_refusal(path: Path, raw: Path) -> str | None:
    if not path.is_symlink():
        return None
    target = path.resolve(strict=True)
    if not target.is_relative_to(raw.resolve()):
        return "is a link that leads out of the raw folder: copy the file instead"
    return "is a link to a folder; links to folders are not followed" if target.is_dir() else None


def _file_refusal(path: Path, entry: os.stat_result, limits: Limits) -> str | None:
    if not stat.S_ISREG(entry.st_mode):
        return f"is {_KINDS.get(stat.S_IFMT(entry.st_mode), 'no regular file')}, not a file"
    suffix, packed = format_of(path.name)
    if suffix not in (PACKABLE if packed else SUFFIXES):
        known = " ".join(SUFFIXES)
        ending = f"`{suffix}{'.gz' if packed else ''}`" if suffix or packed else "no suffix"
        return f"has {ending}; read are {known}, and {' '.join(PACKABLE)} with .gz"
    if entry.st_size > limits.file_bytes:
        return f"is too large: {entry.st_size:,} bytes, at most {limits.file_bytes:,} are taken"
    return None if os.access(path, os.R_OK) else "may not be read: no permission"
