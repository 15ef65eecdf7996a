"""The drills by name, one after the other."""

import sys
import time
import traceback

from drills import database, disks, nodes, processes, releasing, restoring, slow
from drills.stage import Stage

DRILLS = {
    drill.name: drill
    for module in (processes, database, disks, slow, nodes, releasing, restoring)
    for drill in module.DRILLS
}


def run(cluster, names):
    """0 when everything was as expected, else 1."""
    if unknown := set(names) - set(DRILLS):
        raise SystemExit(f"no such drill: {', '.join(sorted(unknown))} (of {', '.join(DRILLS)})")
    wanted = [DRILLS[name] for name in DRILLS if name in (names or DRILLS)]
    with Stage(cluster).set() as stage:
        differing = [drill.name for drill in wanted if not is_as_expected(drill, stage)]
    say(f"\n{len(wanted)} drills, {len(differing)} not as expected {' '.join(differing)}".rstrip())
    return 1 if differing else 0


def is_as_expected(drill, stage):
    say(f"\n{drill.name}\n  expected  {drill.expected}")
    started = time.monotonic()
    try:
        seen = drill.play(stage)
    except Exception:  # noqa: BLE001 — the other drills are still worth playing
        say(traceback.format_exc())
        return False
    took = time.monotonic() - started
    say(f"  seen      {seen.text} — {'ok' if seen.is_expected else 'DIFFERS'}, {took:.0f} s")
    return seen.is_expected


def say(text):
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
