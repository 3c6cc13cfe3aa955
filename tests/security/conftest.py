from __future__ import annotations

from tests.night.conftest import first_night, folder, new_folder, untouched, yesterday

__all__ = ["first_night", "folder", "new_folder", "untouched", "yesterday"]
