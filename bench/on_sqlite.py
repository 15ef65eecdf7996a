"""The process that bench/sqlite.py starts: prints what it measured as JSON."""

import json
import secrets
import sys

import django

RANDOM = 60


def main(count):
    django.setup()
    from django.core.management import call_command  # what follows needs the settings

    from bench import data, search
    from bench.texts import KINDS, random_texts
    from customers.models import Adviser

    call_command("migrate", verbosity=0)
    data.fill(count)
    seed, office = secrets.randbits(32), Adviser.objects.get(rep_code=data.OFFICE)
    texts = [*KINDS, *random_texts(seed, RANDOM, office)]
    search.page_and_count(office, KINDS[0])
    took = [search.repeated(lambda t=t: search.page_and_count(office, t)).median for t in texts]
    wrong = [text for text in texts if search.found(office, text) != search.brute_force(text)]
    json.dump({"seed": seed, "seconds": took, "wrong": wrong}, sys.stdout)


if __name__ == "__main__":
    main(int(sys.argv[1]))
