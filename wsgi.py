"""What the web server and `flask --app wsgi` load."""

import gc
import sys

from portal import create_app
from portal.boot import catch_up, first_boot
from portal.config import ConfigError

try:
    app = create_app()
    first_boot(app)
    catch_up(app)
except (ConfigError, OSError) as error:
    sys.exit(f"rustpunt: {error}")

# What lives as long as the process need not be looked at by every collection.
gc.collect()
gc.freeze()
