import importlib.util
from pathlib import Path

# by its path: the processes that tests start have a sys.path of their own
_FILE = Path(__file__).parent.parent / "offline.py"
_SPEC = importlib.util.spec_from_file_location("offline", _FILE)
if _SPEC and _SPEC.loader:
    _MODULE = importlib.util.module_from_spec(_SPEC)
    _SPEC.loader.exec_module(_MODULE)
    _MODULE.shut()
