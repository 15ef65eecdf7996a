"""The product's settings, with the bench's own addresses beside the product's."""

import os

from wealthai.settings import *  # noqa: F403
from wealthai.settings import MIDDLEWARE as ALL

ROOT_URLCONF = "bench.urls"
UNMEASURED = "BENCH_UNMEASURED" in os.environ  # what monitoring costs is the difference
MIDDLEWARE = [name for name in ALL if not (UNMEASURED and name.endswith(".MetricsMiddleware"))]
