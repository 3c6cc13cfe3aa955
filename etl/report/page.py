"""The report as HTML: one self-contained page per night, that runs nothing but its own script."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup

from etl.fingerprint import CACHE, contents_of
from etl.report import changes, charts, findings, lookup, tables, text, warehouse
from etl.report.names import Names

if TYPE_CHECKING:
    from jinja2.bccache import Bucket

    from etl.night import Night
    from etl.settings import Settings

_FOLDER = Path(__file__).parent / "templates"


def told(settings: Settings, night: Night, content: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that the page of a night says: its content, and what its warehouse adds to it."""
    with warehouse.opened(settings, night) as connection:
        runs = warehouse.runs(connection, settings, night)
        names = Names(connection)
        shown = findings.told(connection, content["finding_groups"])
        names.learn(findings.texts(shown))
        return {
            **content,
            "raw_shown": settings.raw_shown,
            "named": names.marked,
            "lookup": connection and lookup.index(connection, names),
            "findings": shown,
            "changes": changes.since(connection, night),
            "pictures": charts.pictures(connection, names, runs, content["finding_groups"]),
            "checks": {
                kind: tables.checks_with_history(connection, listed)
                for kind, listed in content["checks"].items()
            },
            "sources": tables.sources(connection),
            "versions": tables.versions(night),
            "runs": runs,
            "last_good": _last_good(runs, night),
        }


def _last_good(runs: Sequence[Mapping[str, Any]], night: Night) -> Mapping[str, Any] | None:
    """The run whose warehouse was published before this night."""
    good = [run for run in runs if run["status"] == "published" and run["run_id"] != night.run_id]
    return good[-1] if good else None


def render(templates: jinja2.Environment, page: Mapping[str, Any]) -> Markup:
    """The body of the page for what `told` returns; `framed` makes a document of it."""
    data = {"lookup_json": _as_data(page["lookup"])} if page["lookup"] else {}
    return Markup(templates.get_template("report.html.j2").render(page, **data))  # noqa: S704


def render_index(
    templates: jinja2.Environment, page: Mapping[str, Any], reports: set[str]
) -> Markup:
    """The body of the index of nights.

    Args:
        templates: what `templates` returns.
        page: what `told` returns of the latest night.
        reports: the runs that have a page.
    """
    trend = [picture for picture in page["pictures"] if picture.name == "trend"]
    nights = {"runs": page["runs"][::-1], "reports": reports, "pictures": trend}
    return Markup(templates.get_template("index.html.j2").render(nights))  # noqa: S704


def framed(  # noqa: PLR0913 - what differs between a page and its copies
    templates: jinja2.Environment,
    body: Markup,
    title: str,
    *,
    home: str,
    here: str = "",
    files: Sequence[str] = (),
) -> str:
    """A whole document.

    Args:
        templates: what `templates` returns.
        body: what stands in it.
        title: of the document.
        home: the way from it to the folder of the index.
        here: the way from it to the folder of the night's files.
        files: the files beside the night's page.
    """
    style, script = ((_FOLDER / f"page.{kind}").read_text("utf-8") for kind in ("css", "js"))
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}';"
        " img-src data:; base-uri 'none'; form-action 'none'"
    )
    told = {"body": body, "title": title, "home": home, "here": here, "files": files}
    # our own files, the only ones that are not escaped
    ours = {"policy": policy, "style": Markup(style), "script": Markup(script)}  # noqa: S704
    return templates.get_template("frame.html.j2").render(told | ours)


def _hash(content: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}"


def _as_data(value: Any) -> Markup:
    """JSON inside a script element: nothing in it may end the element."""
    packed = json.dumps(text.plain_all(value, 300), ensure_ascii=False, separators=(",", ":"))
    return Markup(packed.replace("<", "\\u003c"))  # noqa: S704


def templates(raw: Path) -> jinja2.Environment:
    """The templates, with their filters; `raw` is the folder that files are linked in."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER),
        autoescape=True,
        bytecode_cache=_Compiled(str(CACHE), "template-%s.cache"),
        undefined=jinja2.StrictUndefined,
        finalize=_finalized,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        name: getattr(text, name)
        for name in ("number", "percent", "moment", "day", "duration", "web_address", "plain")
    }
    environment.filters |= {"svg": _svg, "file_address": partial(text.file_address, raw)}
    return environment


class _Compiled(jinja2.FileSystemBytecodeCache):
    """Templates as compiled, beside the code's own bytecode; where none is kept, made each time."""

    def get_source_checksum(self, source: str) -> str:
        """Changes with all that a template is compiled by: its text, jinja2, the options above."""
        options = contents_of([Path(__file__)])
        return super().get_source_checksum(f"{version('jinja2')}\0{options}\0{source}")

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keeps one, where the folder can be written."""
        with suppress(OSError):
            super().dump_bytecode(bucket)


def _finalized(value: Any) -> Any:
    """Every value that a template prints goes through here before it is escaped."""
    return text.plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _svg(picture: charts.Picture) -> Markup:
    """A drawing in the page; whatever stands in it has been escaped by vl-convert."""
    return Markup(picture.svg.replace("<svg ", '<svg aria-hidden="true" ', 1))  # noqa: S704
