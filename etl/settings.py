"""What a run can be told; built once, from the command line and the environment, and passed down."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Settings:
    """Settings of one run.

    Attributes:
        raw: folder of reported figures.
        warehouse: folder of the warehouse, its history and its reports.
        models: folders of SQL models; the first holds the product's own.
        force: work even if nothing changed.
        dry_run: do everything but publish.
        max_held_share: the gate refuses a night that holds back more than this share of a dataset.
        max_fall_share: the gate refuses a night with fewer figures than yesterday by more than this
            share.
        few_rows: neither share counts while it is about no more rows than this.
        keep_files: good warehouses kept for rollback.
        keep_runs: nights whose check results stay in the audit tables.
        memory_limit: what the engine may use before it spills to disk.
        threads: threads of the engine; 0 means all cores.
    """

    raw: Path = ROOT / "data" / "raw"
    warehouse: Path = ROOT / "data" / "warehouse"
    models: tuple[Path, ...] = (ROOT / "sql",)
    force: bool = False
    dry_run: bool = False
    max_held_share: float = 0.1
    max_fall_share: float = 0.2
    few_rows: int = 20
    keep_files: int = 7
    keep_runs: int = 400
    memory_limit: str = "8GB"
    threads: int = 0

    @property
    def file(self) -> Path:
        """The published warehouse."""
        return self.warehouse / "warehouse.duckdb"

    def shaping_the_result(self) -> dict[str, object]:
        """The settings that decide what a night publishes; a change in one is a reason to work."""
        aside = {"force", "dry_run", "keep_files", "memory_limit", "threads", "warehouse"}
        return {
            key: [str(path) for path in value] if isinstance(value, tuple) else str(value)
            for key, value in asdict(self).items()
            if key not in aside
        }
