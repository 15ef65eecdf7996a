"""The alert rules and the Grafana dashboard ask for nothing that /metrics does not tell."""

import json
import re
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from wealthai import metrics, timers

DEPLOY = Path(__file__).resolve().parent.parent.parent / "deploy"
FAMILY = re.compile(r"^# TYPE (wealthai_\w+)", re.MULTILINE)


def rules():
    [group] = yaml.safe_load((DEPLOY / "prometheus/wealthai-crm.rules.yml").read_text())["groups"]
    return {rule["alert"]: rule for rule in group["rules"]}


def panels():
    return json.loads((DEPLOY / "grafana/wealthai-crm.json").read_text())["panels"]


def asked_for():
    texts = [rule["expr"] for rule in rules().values()]
    texts += [target["expr"] for panel in panels() for target in panel["targets"]]
    return {
        name.removesuffix("_bucket") for text in texts for name in re.findall(r"wealthai_\w+", text)
    }


@pytest.fixture
def told(client, db):
    return set(FAMILY.findall(client.get("/metrics").content.decode()))


def test_rules_and_panels_name_only_what_metrics_tells(told):
    assert asked_for() - told == set()


def test_everything_that_metrics_tells_is_watched_or_drawn(told):
    unwatched = {name for name in told - asked_for() if not name.endswith("_created")}

    assert unwatched == {"wealthai_start_time_seconds"}


def test_every_rule_says_what_it_means_and_what_to_do():
    told = {name: set(rule["annotations"]) for name, rule in rules().items()}

    assert set(map(frozenset, told.values())) == {frozenset({"summary", "action"})}


def test_rules_leave_out_the_same_views_as_the_figures():
    listed = re.search(r'view!~"([^"]+)"', rules()["WealthAISlowPages"]["expr"]).group(1)

    assert set(listed.split("|")) == metrics.NOT_PAGES


def test_rules_name_timers_that_there_are():
    texts = [rule["expr"] for rule in rules().values()]
    named = {name for text in texts for name in re.findall(r'timer!?="(\w+)"', text)}

    assert named == {"backup", "verify_backup"} <= {timer.name for timer in timers.TIMERS}


def test_metrics_tell_how_each_timer_went(client, db):
    with timers.timed_run("tidy"):
        pass

    lines = client.get("/metrics").content.decode().splitlines()

    assert 'wealthai_timer_failed{timer="tidy"} 0.0' in lines
    assert f"wealthai_stream_slots {float(settings.CHAT_MAX_STREAMS)}" in lines
