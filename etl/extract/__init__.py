"""Files under `data/raw` become verbatim text rows in schema `raw`; nothing is guessed or dropped.

`survey` lists what lies there, `load` (in a module of its own, since it brings the engine along)
brings it in and says what became of every file.
"""

from etl.extract.outcome import DatasetSpec, FileOutcome, InputFile, Limits
from etl.extract.source import fingerprint
from etl.extract.survey import survey

__all__ = ["DatasetSpec", "FileOutcome", "InputFile", "Limits", "fingerprint", "survey"]
