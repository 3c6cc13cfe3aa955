"""Count what was read of a file, prove that it adds up, and say it in an outcome."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from etl.extract.outcome import DatasetSpec, FileOutcome, InputFile, listed


@dataclass
class Tally:
    """What was counted while one file was read."""

    open: bool
    in_file: int = 0
    loaded: int = 0
    rejected: int = 0
    unknown: dict[str, None] = field(default_factory=dict)
    remarks: dict[str, None] = field(default_factory=dict)

    def check(self, file: str) -> None:
        """Raise AssertionError if a row was lost on the way: a fault of ours, not of the file."""
        if self.in_file != self.loaded + self.rejected:
            raise AssertionError(
                f"{file}: {self.in_file} rows in the file, but {self.loaded} loaded and "
                f"{self.rejected} rejected"
            )


def counted(file: InputFile, sha256: str, tally: Tally) -> FileOutcome:
    """Say what became of a file that was read."""
    return FileOutcome(
        file.name,
        file.dataset,
        sha256,
        file.size,
        "loaded_in_part" if tally.rejected else "loaded",
        tally.in_file,
        tally.loaded,
        tally.rejected,
        "; ".join(_messages(tally)) or None,
    )


def not_taken(
    file: InputFile, sha256: str | None, status: Literal["refused", "ignored"], message: str
) -> FileOutcome:
    """Say why a file was not read."""
    return FileOutcome(file.name, file.dataset, sha256, file.size, status, 0, 0, 0, message)


def with_idle_lines(outcome: FileOutcome, idle: Sequence[str]) -> FileOutcome:
    """Say of `reference/files.*` which of the paths that it declares are not there."""
    if not idle:
        return outcome
    said = f"declares {listed(idle)}, where no file lies: a folder's path ends with `/`"
    return replace(outcome, message="; ".join(filter(None, (outcome.message, said))))


def unknown_dataset(file: InputFile, specs: Mapping[str, DatasetSpec]) -> str:
    """Say that nobody reads the folder a file lies in, and which ones are read."""
    folder, slash, _ = file.name.partition("/")
    places = {place(dataset) for dataset in specs}
    if folder == "reference":
        places = {name for name in places if name.startswith("reference/")}
    else:
        places = {f"{name.partition('/')[0]}/" for name in places}
    read = f"read are {listed(sorted(places), most=50)}"
    if not slash:
        return f"lies in no folder, and none has its name; {read}"
    return f"lies in `{place(file.dataset)}`, which nobody reads; {read}"


def place(dataset: str) -> str:
    """Say where in the raw folder the files of a dataset lie."""
    stem = dataset.removeprefix("reference_")
    return f"{dataset}/" if stem == dataset else f"reference/{stem}.*"


def _messages(tally: Tally) -> list[str]:
    messages = list(tally.remarks)
    if not tally.in_file:
        messages.append("has no data rows")
    if tally.unknown:
        one = len(tally.unknown) == 1
        subject = f"{'column' if one else 'columns'} {listed(tally.unknown)} {_is(one)}"
        why = "named as raw needs it" if tally.open else "not part of the format"
        messages.append(f"{subject} {why} and {_is(one)} kept in raw only")
    return messages


def _is(one: bool) -> str:
    return "is" if one else "are"
