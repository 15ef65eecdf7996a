"""The process that bench/chat.py starts: streams on SQLite, and prints what was seen as JSON."""

import json
import os
import sys

import django

CUSTOMERS = 10_000


def main(count):
    django.setup()
    from django.core.management import call_command  # what follows needs the settings

    from bench import crowd, data

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    data.fill(CUSTOMERS)
    json.dump(crowd.held(count, DATABASE_URL=os.environ["DATABASE_URL"]), sys.stdout)


if __name__ == "__main__":
    main(int(sys.argv[1]))
