"""What all workers counted, added up from their files (prometheus_client, multiprocess mode).

Quicker than the library's collector: values are added under their keys as they stand, and each key
is parsed once in the life of the process. Keys are few for ever: no id becomes a label.
"""

import contextlib
import json
import struct
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.utils import floatToGoString

BUCKET, COUNT = "_bucket", "_count"


@dataclass(frozen=True)
class Key:
    """`labels` without the upper bound of a histogram's bucket, which is `bound`."""

    metric: str
    name: str
    labels: dict
    bound: float | None
    help: str
    text: str = field(init=False)

    def __post_init__(self):
        pairs = [f'{name}="{escaped(self.labels[name])}"' for name in sorted(self.labels)]
        object.__setattr__(self, "text", ",".join(pairs))


@cache
def parsed(raw):
    metric, name, labels, help_text = json.loads(raw)
    bound = labels.pop("le", None)
    return Key(metric, name, labels, bound and float(bound), help_text)


def escaped(value):
    return value.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")


@dataclass(frozen=True)
class Sample:
    """`bound` as the exposition writes it; empty where the sample is no bucket."""

    key: Key
    name: str
    bound: str
    value: float

    @property
    def labels(self):
        return self.key.labels | {"le": self.bound} if self.bound else self.key.labels

    @property
    def line(self):
        bound = f'le="{self.bound}"' if self.bound else ""
        labels = ",".join(filter(None, (bound, self.key.text)))
        braced = f"{{{labels}}}" if labels else ""
        return f"{self.name}{braced} {floatToGoString(self.value)}"


def read(folder):
    """(kind, [Sample]) of every metric."""
    metrics = {}
    for kind, values in added_up(folder).items():
        for raw, value in values.items():
            key = parsed(raw)
            metrics.setdefault((kind, key.metric), []).append((key, value))
    return [
        (kind, histogram(found) if kind == "histogram" else [plain(*one) for one in found])
        for (kind, _), found in metrics.items()
    ]


def added_up(folder):
    """{kind: {raw key: value}}; of a gauge in mode `min` the least instead of the sum."""
    kinds = {}
    for name in sorted(file.name for file in Path(folder).glob("*.db")):
        kind, mode, *_ = name.split("_")
        values = kinds.setdefault(kind, {})
        # The file of a gauge goes with its worker, which may be now; a new one is empty for a moment.
        with contextlib.suppress(FileNotFoundError, struct.error):
            for raw, value, _, _ in MmapedDict.read_all_values_from_file(f"{folder}/{name}"):
                known = values.get(raw)
                if known is None:
                    values[raw] = value
                else:
                    values[raw] = min(known, value) if mode == "min" else known + value
    return kinds


def plain(key, value):
    return Sample(key, key.name, "", value)


def histogram(found):
    """Files hold each bucket by itself; a sample counts all below it too, and the last one is the
    count."""
    series = {}
    for key, value in found:
        series.setdefault(key.text, []).append((key, value))
    samples = []
    for one in series.values():
        total = 0
        for key, value in sorted((each for each in one if each[0].bound), key=bound_of):
            total += value
            samples.append(Sample(key, key.metric + BUCKET, floatToGoString(key.bound), total))
        samples.append(Sample(key, key.metric + COUNT, "", total))
        samples += [plain(*each) for each in one if not each[0].bound]
    return samples


def bound_of(pair):
    return pair[0].bound


def exposition(metrics):
    """What read() returned, in Prometheus' text format."""
    lines = []
    for kind, samples in metrics:
        key = samples[0].key
        name = f"{key.metric}_total" if kind == "counter" else key.metric
        lines += [f"# HELP {name} {escaped(key.help)}", f"# TYPE {name} {kind}"]
        lines += [sample.line for sample in samples]
    return "".join(f"{line}\n" for line in lines)
