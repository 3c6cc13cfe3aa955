"""Prove that a file is text in an encoding it declares itself, and count what it is made of."""

import codecs
import io
from collections import Counter
from dataclasses import dataclass

from etl.extract.outcome import Refused

DELIMITERS = (",", ";", "\t", "|")
_CHUNK = 1 << 20
_COUNTED = (*DELIMITERS, '"', "\n", "\r")


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


def prove_text(content: io.BufferedReader) -> TextFacts:
    """Decode all of `content` strictly: UTF-8, or UTF-16 by its byte-order mark.

    Raises:
        Refused: It is empty, holds a NUL, or is in an encoding that would have to be guessed.
    """
    encoding = declared_encoding(content.peek(4))
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    counts: Counter[str] = Counter()
    crlf_count, offset, last = 0, 0, ""
    while chunk := content.read(_CHUNK):
        text = _decoded(decoder, chunk, offset, counts)
        offset += len(chunk)
        _refuse_nul(text, counts)
        for character in _COUNTED:
            counts[character] += text.count(character)
        crlf_count += (last[-1:] + text).count("\r\n")
        last = text or last
    _decoded(decoder, b"", offset, counts)
    if not last:
        raise Refused("the file is empty")
    return TextFacts(encoding, counts, crlf_count, last.endswith(("\n", "\r")))


def declared_encoding(head: bytes) -> str:
    """The codec of a text by its first bytes: UTF-16 with its byte-order mark, else UTF-8."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return "utf-8-sig"


def _decoded(
    decoder: codecs.IncrementalDecoder, chunk: bytes, offset: int, counts: Counter[str]
) -> str:
    pending = len(decoder.getstate()[0])
    try:
        return decoder.decode(chunk, final=not chunk)
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode(error.encoding, "replace")
        hint = _encoding_hint(error.object[max(0, error.start - 2000) : error.start + 60_000])
        raise Refused(
            f"is not {error.encoding.upper()}: byte 0x{error.object[error.start]:02x} at offset "
            f"{offset - pending + error.start}, line {_line(counts, before)}{hint}"
        ) from error


def _refuse_nul(text: str, counts: Counter[str]) -> None:
    place = text.find("\0")
    if place >= 0:
        raise Refused(
            f"holds a NUL character in line {_line(counts, text[:place])}: damaged, not a text "
            "file, or UTF-16 without a byte-order mark"
        )


def _line(counts: Counter[str], before: str) -> int:
    lines = counts["\n"] + before.count("\n")
    return 1 + (lines or counts["\r"] + before.count("\r"))


def _encoding_hint(sample: bytes) -> str:
    import charset_normalizer

    guess = charset_normalizer.from_bytes(sample).best()
    if guess is None:
        return "; save it as UTF-8"
    return f"; it looks like {guess.encoding}, but that is a guess: save it as UTF-8"
