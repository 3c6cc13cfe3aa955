"""What a run can be told: built once, from command line and environment, and passed down."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Settings:
    """Settings of one run.

    Attributes:
        raw: folder of reported figures.
        vocabulary: folder of the reference tables that a raw folder without its own is read by.
        warehouse: folder of the warehouse, its history and its reports.
        models: folders of SQL models; the first holds the product's own.
        force: work even if nothing changed, and carry nothing over from the warehouse before.
        dry_run: do everything but publish.
        log_json: write one JSON object per line instead of text.
        profile: write down where the time went, beside the report.
        max_held_share: the gate refuses a night that holds back more than this share of a dataset.
        max_fall_share: the gate refuses a night with fewer figures than yesterday by more than
            this share.
        few_rows: neither share counts while it is about no more rows than this.
        keep_files: good warehouses kept for rollback.
        keep_runs: runs whose check results stay in the audit tables.
        memory_limit: about what the night may use; the engine spills to disk for it.
        threads: threads of the engine; 0 means all cores.
        component_statements: figures that hang together through more statements than this are not
            searched for the wrong one.
        component_seconds: the search for one such component stops after this.
        data_docs: write the pages and the context of Great Expectations.
        notify: addresses in Apprise's form, or files that list them; both may hold secrets.
        notify_test: send a message to each of them and do nothing else.
        report_url: where the folder of reports is served, for links; empty where it is not.
        openlineage: address of a lineage server, or a file like `openlineage.yml`; may be empty.
        on_github: print annotations; set by GitHub itself, as is the next.
        step_summary: file to append the summary to.
        engine: who builds the models: duckdb, or spark.
        master: the Spark master.
        spark_conf: settings for Spark, by name.
        table_format: what Spark writes the marts as: parquet, or one that its session knows.
    """

    raw: Path = ROOT / "data" / "raw"
    vocabulary: Path = ROOT / "data" / "raw" / "reference"
    warehouse: Path = ROOT / "data" / "warehouse"
    models: tuple[Path, ...] = (ROOT / "sql",)
    force: bool = False
    dry_run: bool = False
    log_json: bool = False
    profile: bool = False
    max_held_share: float = 0.1
    max_fall_share: float = 0.2
    few_rows: int = 20
    keep_files: int = 7
    keep_runs: int = 400
    memory_limit: str = "4GB"
    threads: int = 0
    component_statements: int = 5_000
    component_seconds: int = 20
    data_docs: bool = False
    notify: tuple[str, ...] = field(default=(), repr=False)
    notify_test: bool = False
    report_url: str = ""
    openlineage: str = field(default="", repr=False)
    on_github: bool = False
    step_summary: Path | None = None
    engine: str = "duckdb"
    master: str = "local[*]"
    spark_conf: tuple[tuple[str, str], ...] = ()
    table_format: str = "parquet"

    @property
    def file(self) -> Path:
        """The published warehouse."""
        return self.warehouse / "warehouse.duckdb"

    @property
    def raw_shown(self) -> str:
        """The raw folder as messages name it: `data/raw` for the product's own."""
        return shown(self.raw)

    def shaping_the_result(self) -> dict[str, object]:
        """The settings that decide what a night publishes; a change in one is a reason to work."""
        limits = ("max_held_share", "max_fall_share", "few_rows", "keep_runs")
        shaping = ("raw", "models", *limits, "component_statements", "component_seconds")
        values = asdict(self)
        return {
            name: [*map(str, values[name])] if name == "models" else str(values[name])
            for name in shaping
        }


def shown(folder: Path) -> str:
    """A folder as messages name it: within the product, by its way from there."""
    return str(folder.relative_to(ROOT)) if folder.is_relative_to(ROOT) else str(folder)


def from_command_line(arguments: Sequence[str], environment: Mapping[str, str]) -> Settings:
    """Settings from the command line, else from `ETL_<NAME>`, else the defaults.

    argparse and not typer, which takes longer to import than a night without change may last.

    Raises:
        SystemExit: help was asked for, or an argument is none.
    """
    parser = argparse.ArgumentParser(
        prog="python -m etl.run",
        description="Load the figures, check them, and publish a new warehouse if they may be.",
        epilog="Exit codes: 0 published, or nothing to do; 1 refused by the data; 2 the run broke;"
        " 3 another run is at work. In 1, 2 and 3 yesterday's warehouse is untouched."
        " Every option but the first four can be set in the environment too, as ETL_RAW and"
        " so on. The other commands: python -m etl --help.",
    )
    flag = parser.add_argument
    flag("--dry-run", action="store_true", help="do everything but publish")
    flag("--force", action="store_true", help="make everything anew, even if nothing changed")
    flag(
        "--models",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="further folder of SQL models, beside sql/; can be given again",
    )
    flag("--notify-test", action="store_true", help="send a message to each --notify, no more")
    flag(
        "--engine",
        choices=("duckdb", "spark"),
        default=environment.get("ETL_ENGINE", Settings.engine),
        help="who builds the models (%(default)s)",
    )
    flag(
        "--spark-conf",
        type=_setting,
        action="append",
        default=[_setting(text) for text in environment.get("ETL_SPARK_CONF", "").split()],
        metavar="NAME=VALUE",
        help="a setting of Spark; can be given again",
    )
    for name, kind, shown, words in _VALUES:
        default = environment.get(f"ETL_{name.upper()}", str(getattr(Settings, name)))
        flag(
            f"--{name.replace('_', '-')}",
            type=kind,
            default=default,
            metavar=shown,
            help=f"{words} (%(default)s)",
        )
    for name, words in _SWITCHES:
        is_on = environment.get(f"ETL_{name.upper()}", "") not in ("", "0")
        flag(f"--{name.replace('_', '-')}", action="store_true", default=is_on, help=words)
    for name, shown, words in _ADDRESSES:  # their defaults may be secrets and are never shown
        default = environment.get(f"ETL_{name.upper()}", "")
        flag(f"--{name.replace('_', '-')}", default=default, metavar=shown, help=words)
    given = vars(parser.parse_args(arguments))
    given["spark_conf"] = tuple(given["spark_conf"])
    given["models"] = (*Settings.models, *(folder.absolute() for folder in given["models"]))
    given["notify"] = tuple(given["notify"].split())
    folders = {name: given[name].absolute() for name in ("raw", "vocabulary", "warehouse")}
    return Settings(**{**given, **folders, **_from_github(environment)})


def _from_github(environment: Mapping[str, str]) -> dict[str, object]:
    """What GitHub says of the job that the run is a step of; nothing elsewhere."""
    if environment.get("GITHUB_ACTIONS") != "true":
        return {}
    summary = environment.get("GITHUB_STEP_SUMMARY")
    return {"on_github": True, "step_summary": Path(summary) if summary else None}


def _share(text: str) -> float:
    share = float(text)
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 1")
    return share


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form NAME=VALUE")
    return name, value


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least 0")
    return int(text)


_VALUES = (
    ("raw", Path, "DIR", "folder of reported figures"),
    ("vocabulary", Path, "DIR", "reference tables for a raw folder that has none of its own"),
    ("warehouse", Path, "DIR", "folder of the warehouse and its reports"),
    ("max_held_share", _share, "SHARE", "refuse a night that holds back more of a dataset's rows"),
    ("max_fall_share", _share, "SHARE", "refuse a night whose figures fell by more"),
    ("few_rows", _count, "N", "neither share counts while it is about no more rows than this"),
    ("keep_files", _count, "N", "good warehouses kept for rollback"),
    ("keep_runs", _count, "N", "runs whose results stay in the audit tables"),
    ("memory_limit", str, "SIZE", "memory that a night keeps to, about; beyond it uses the disk"),
    ("threads", _count, "N", "threads of the engine; 0 for every core"),
    ("component_statements", _count, "N", "do not search components of more statements"),
    ("component_seconds", _count, "N", "stop the search of one component after this"),
    ("master", str, "URL", "the Spark master"),
    ("table_format", str, "NAME", "what Spark writes the marts as: parquet, iceberg, delta"),
)
_SWITCHES = (
    ("log_json", "one JSON object per line"),
    ("profile", "write where the time went, beside the report"),
    ("data_docs", "write the pages and the context of Great Expectations too"),
)
_ADDRESSES = (
    (
        "notify",
        "URLS",
        "whom to tell what is new: Apprise URLs, or files of them, parted by spaces",
    ),
    ("report_url", "URL", "where the folder of reports is served, for links in messages"),
    ("openlineage", "URL", "lineage server, or a file like openlineage.yml"),
)
