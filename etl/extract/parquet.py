"""Read Parquet with its checksums verified, each value as text that loses nothing.

Few writers write checksums, and a file without them is no more in doubt than a text: nothing is
said of it.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from etl.extract.header import check_header, clean_header
from etl.extract.numerals import fraction_text, number_text
from etl.extract.outcome import Batch, DatasetSpec, Refused
from etl.extract.source import Source

if TYPE_CHECKING:
    import pyarrow as pa


def read_parquet(source: Source, spec: DatasetSpec) -> Iterator[Batch]:
    """Read row groups in order; rows count from 1.

    Raises:
        Refused: The file is damaged or holds nested columns.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(source.handle, page_checksum_verification=True)
        header = clean_header(file.schema_arrow.names)
        check_header(header, spec, ", ".join(file.schema_arrow.names))
        _refuse_nested(file.schema_arrow)
        yield from _batches(file, header, source)
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise Refused(f"is no whole Parquet file: {reason}") from error


def _refuse_nested(schema: "pa.Schema") -> None:
    import pyarrow as pa

    for field in schema:
        if pa.types.is_nested(field.type):
            raise Refused(f"column `{field.name}` holds nested values ({field.type})")


def _batches(file: Any, header: tuple[str, ...], source: Source) -> Iterator[Batch]:
    rows = max(1, source.limits.batch_cells // max(1, len(header)))
    first = 1
    for batch in file.iter_batches(batch_size=rows):
        columns = [_texts(column) for column in batch.columns]
        numbers = list(range(first, first + batch.num_rows))
        yield Batch(header, numbers, columns, [], batch.num_rows)
        first += batch.num_rows
    if first - 1 != file.metadata.num_rows:
        raise Refused(f"has {first - 1} rows but declares {file.metadata.num_rows}")
    if first == 1:
        yield Batch(header, [], [[] for _ in header], [], 0)


def _texts(column: Any) -> list[str | None]:
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    texts: list[str | None] = column.cast(pa.string()).to_pylist()
    if pa.types.is_floating(column.type):  # Arrow's text is exact but writes 1e+10
        return [None if text is None else number_text(float(text)) for text in texts]
    if pa.types.is_decimal(column.type):
        return [None if text is None else fraction_text(text) for text in texts]
    return texts
