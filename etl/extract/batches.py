"""Gather the rows of one file into batches of bounded size."""

from collections.abc import Sequence

from etl.extract.outcome import Batch, Limits, RejectedRow


class Gatherer:
    """Collects good and rejected records of a file whose header is known, a batch at a time."""

    def __init__(
        self, header: tuple[str, ...], limits: Limits, remarks: tuple[str, ...] = ()
    ) -> None:
        self._header, self._remarks = header, remarks
        self._most_rows = max(1, limits.batch_cells // max(1, len(header)))
        self._most_characters = limits.batch_characters
        self._start()

    def _start(self) -> None:
        self._numbers: list[int] = []
        self._rows: list[Sequence[str | None]] = []
        self._rejected: list[RejectedRow] = []
        self._records = self._characters = 0

    def met(self, characters: int) -> None:
        """Count one record of the file, before it is judged."""
        self._records += 1
        self._characters += characters

    def accept(self, number: int, row: Sequence[str | None]) -> None:
        """Take a good row, one text for each column of the header."""
        self._numbers.append(number)
        self._rows.append(row)

    def reject(self, rejected: RejectedRow) -> None:
        """Take a record that could not be read."""
        self._rejected.append(rejected)

    @property
    def full(self) -> bool:
        """Whether it is time to `take` what is here."""
        return self._records >= self._most_rows or self._characters >= self._most_characters

    def take(self) -> Batch:
        """Hand over what is here and start anew."""
        columns = [list(column) for column in zip(*self._rows, strict=True)]
        batch = Batch(
            self._header,
            self._numbers,
            columns or [[] for _ in self._header],
            self._rejected,
            self._records,
            self._remarks,
        )
        self._start()
        return batch
