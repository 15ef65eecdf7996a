"""Files written and read by prometheus_client itself say what our own reading must say."""

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.mmap_dict import MmapedDict, mmap_key
from prometheus_client.multiprocess import MultiProcessCollector

from wealthai import tallies


@pytest.fixture
def write(tmp_path):
    """Adds one value to the file of a slot."""

    def written(file, metric, name, labels, value):
        values = MmapedDict(str(tmp_path / f"{file}.db"))
        values.write_value(mmap_key(metric, name, list(labels), labels.values(), "何か"), value, 0)
        values.close()

    return written


def library(folder):
    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(folder))
    return generate_latest(registry).decode()


def lines(text):
    return sorted("".join(sorted(line)) for line in text.splitlines())


def test_counts_of_all_slots_are_added_up(write, tmp_path):
    for slot in (1, 2):
        for status in ("200", '"\\\n'):
            labels = {"view": "home", "status": status}
            write(f"counter_{slot}", "asked", "asked_total", labels, slot)

    ours = tallies.exposition(tallies.read(tmp_path))

    assert (lines(ours), ours.count(" 3.0")) == (lines(library(tmp_path)), 2)


def test_buckets_hold_all_below_them_whatever_the_order_of_the_files(write, tmp_path):
    for slot, bound in ((1, "+Inf"), (1, "0.1"), (2, "0.1"), (2, "0.5")):
        write(f"histogram_{slot}", "wait", "wait_bucket", {"view": "home", "le": bound}, 2)
    write("histogram_1", "wait", "wait_sum", {"view": "home"}, 1.5)

    ours = tallies.exposition(tallies.read(tmp_path))

    assert lines(ours) == lines(library(tmp_path))
    assert [line.rsplit(" ", 1)[1] for line in ours.splitlines()[2:]] == [
        "4.0", "6.0", "8.0", "8.0", "1.5",
    ]  # fmt: skip


def test_gauges_of_all_slots_are_the_sum_or_the_least(write, tmp_path):
    for slot in (1, 2):
        write(f"gauge_livesum_{slot}", "used", "used", {}, slot)
        write(f"gauge_min_{slot}", "since", "since", {}, slot)

    ours = tallies.exposition(tallies.read(tmp_path))

    assert lines(ours) == lines(library(tmp_path))


def test_what_prometheus_client_did_not_write_is_passed_over(write, tmp_path):
    write("counter_1", "asked", "asked_total", {}, 3)
    (tmp_path / "answering.1").touch()
    (tmp_path / "gauge_livesum_2.db").touch()  # of a worker that begins now

    (found,) = tallies.read(tmp_path)

    assert [sample.line for sample in found[1]] == ["asked_total 3.0"]
