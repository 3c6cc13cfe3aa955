"""Prove that a file is text in the encoding it declares, and count what it is made of."""

import codecs
from collections import Counter
from dataclasses import dataclass

from etl.extract.declared import DELIMITERS, advice
from etl.extract.outcome import Refused
from etl.extract.source import Source

_CHUNK = 1 << 20
_COUNTED = (*DELIMITERS.values(), '"', "\n", "\r")


@dataclass(frozen=True)
class TextFacts:
    """What one strict pass over a text has proven.

    Attributes:
        encoding: Codec that decodes it without error and without its byte-order mark.
        counts: Occurrences of each delimiter, quote, LF and CR.
        crlf_count: Occurrences of CR LF.
        ends_with_newline: Whether the last character is LF or CR.
    """

    encoding: str
    counts: Counter[str]
    crlf_count: int
    ends_with_newline: bool


def prove_text(source: Source) -> TextFacts:
    """Decode all of a file strictly: as its byte-order mark says, as declared, else as UTF-8.

    Raises:
        Refused: It is empty, holds a NUL, is not in that encoding, or plainly in UTF-8 although
            another encoding is declared.
    """
    content = source.content()
    encoding = _encoding(content.peek(4), source)
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    counts: Counter[str] = Counter()
    crlf_count, offset, last = 0, 0, ""
    is_utf8 = _Utf8() if encoding != "utf-8-sig" else None
    while chunk := content.read(_CHUNK):
        if is_utf8:
            is_utf8.take(chunk)
        text = _decoded(decoder, chunk, offset, counts, source)
        offset += len(chunk)
        _refuse_nul(text, counts, source)
        for character in _COUNTED:
            counts[character] += text.count(character)
        crlf_count += (last[-1:] + text).count("\r\n")
        last = text or last
    _decoded(decoder, b"", offset, counts, source)
    if not last:
        raise Refused("the file is empty")
    if is_utf8 and is_utf8.certain:
        raise Refused(
            f"is declared as {encoding} in reference/files.csv, but reads as UTF-8 throughout: "
            "take that line away, or declare utf-8 for this file"
        )
    return TextFacts(encoding, counts, crlf_count, last.endswith(("\n", "\r")))


class _Utf8:
    """Whether bytes that are declared as something else are UTF-8, and more than ASCII."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("strict")
        self._fits, self._beyond_ascii = True, False

    def take(self, chunk: bytes) -> None:
        self._beyond_ascii |= not chunk.isascii()
        if self._fits:
            try:
                self._decoder.decode(chunk)
            except UnicodeDecodeError:
                self._fits = False

    @property
    def certain(self) -> bool:
        return self._fits and self._beyond_ascii and not self._decoder.getstate()[0]


def marked_encoding(head: bytes) -> str | None:
    """The codec that a text's byte-order mark names, if it has one."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return "utf-8-sig" if head.startswith(codecs.BOM_UTF8) else None


def _encoding(head: bytes, source: Source) -> str:
    declared = source.declared.encoding
    return marked_encoding(head) or (declared if declared not in (None, "utf-8") else "utf-8-sig")


def _decoded(
    decoder: codecs.IncrementalDecoder,
    chunk: bytes,
    offset: int,
    counts: Counter[str],
    source: Source,
) -> str:
    pending = len(decoder.getstate()[0])
    try:
        return decoder.decode(chunk, final=not chunk)
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode(error.encoding, "replace")
        sample = error.object[max(0, error.start - 2000) : error.start + 60_000]
        hint = _encoding_hint(source, sample)
        name = error.encoding.replace("charmap", source.declared.encoding or "")
        at = (
            f"byte 0x{error.object[error.start]:02x} at offset {offset - pending + error.start}, "
            f"line {_line(counts, before)}"
        )
        raise Refused(
            f"is not {name.upper()}: {at}{hint}"
            if chunk
            else f"ends in the middle of a character ({at}): it was cut short, or is not "
            f"{name.upper()}{hint}"
        ) from error


def _refuse_nul(text: str, counts: Counter[str], source: Source) -> None:
    place = text.find("\0")
    if place >= 0:
        raise Refused(
            f"holds a NUL character in line {_line(counts, text[:place])}: damaged, not a text "
            "file, or UTF-16 without a byte-order mark (then "
            f"{advice(source.file.name, 'encoding', 'utf-16-le')})"
        )


def _line(counts: Counter[str], before: str) -> int:
    lines = counts["\n"] + before.count("\n")
    return 1 + (lines or counts["\r"] + before.count("\r"))


def _encoding_hint(source: Source, sample: bytes) -> str:
    if source.declared.encoding:
        return f", which reference/files.csv declares ({source.declared.encoding})"
    import charset_normalizer

    guess = charset_normalizer.from_bytes(sample).best()
    looks = f"; it looks like {guess.encoding}, but that is a guess" if guess else ""
    declare = advice(source.file.name, "encoding", "ENCODING")
    return (
        f"{looks}. Save it as UTF-8, or {declare} with the encoding that it was saved in "
        "(cp1252 on western Windows, cp874 on Thai Windows)"
    )
