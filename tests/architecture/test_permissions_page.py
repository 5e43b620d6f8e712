"""docs/permissions.md says what the table says."""

import importlib.util

from portal.policy import INCIDENT_PARTS, SCHOOL_PARTS
from tests.architecture.source import ROOT


def test_the_page_is_made_from_the_table_as_it_is_now() -> None:
    spec = importlib.util.spec_from_file_location("permissions", ROOT / "scripts" / "permissions.py")
    assert spec
    assert spec.loader
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    page = script.page()
    assert script.PAGE.read_text("utf-8") == page, "write it anew: .venv/bin/python scripts/permissions.py"
    assert not [part for part in (*INCIDENT_PARTS, *SCHOOL_PARTS) if f"`{part}`" not in page]
