"""The furnished incident of the tests that walk over every page."""

from tests.web.conftest import frozen, scene

__all__ = ["frozen", "scene"]
