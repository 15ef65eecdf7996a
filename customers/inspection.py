"""検査対応の出力: the records of changes and of reading as files that Excel opens.

UTF-8 with a byte order mark. A text that Excel would run as a formula gets an apostrophe.
"""

import csv
import re
from urllib.parse import quote

from django.http import StreamingHttpResponse
from django.utils import formats, timezone

from customers.exporting import neutral

BOM = "\ufeff"
FIGURE = re.compile(r"[+-]?[\d,]+(\.\d+)?", re.ASCII)
HISTORY_HEAD = [
    "日時",
    "変更した人",
    "担当者コード",
    "経路",
    "一括",
    "対象",
    "項目",
    "変更前",
    "変更後",
    "理由",
]
ACCESS_HEAD = [
    "日時",
    "担当者",
    "担当者コード",
    "操作",
    "顧客",
    "顧客コード",
    "件数",
    "経路",
    "内容",
    "問い合わせ番号",
]

PLAN_HEAD = ["顧客コード", "氏名", "項目", "変更前", "変更後"]
BATCH_HEAD = ["顧客コード", "氏名", "対象", "項目", "変更前", "変更後", "元に戻さない理由"]


class Echo:
    """A file that hands back what is written to it, as csv.writer needs for a stream."""

    def write(self, text):
        return text


def csv_response(name, head, lines):
    writer = csv.writer(Echo())
    response = StreamingHttpResponse(
        stream(head, lines, writer), content_type="text/csv; charset=utf-8"
    )
    file_name = f"{name}-{timezone.localdate():%Y%m%d}.csv"
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file_name)}"
    response.headers["Cache-Control"] = "no-store"
    return response


def stream(head, lines, writer):
    yield BOM + writer.writerow(head)
    for line in lines:
        yield writer.writerow([safe(cell) for cell in line])


def safe(cell):
    text = "" if cell is None else str(cell)
    return text if FIGURE.fullmatch(text) else neutral(text)


def seconds(moment):
    return formats.date_format(timezone.localtime(moment), "Y/m/d H:i:s")


def history_lines(moments):
    """One line per value; a new or deleted record has one for each of its fields."""
    for moment in moments:
        who = [moment.author, moment.who.rep_code if moment.who else ""]
        start = [seconds(moment.when), *who, moment.source, moment.row.batch_id]
        for line in moment.lines:
            for value in line.spelt_out():
                yield [*start, line.subject, *value, moment.reason]


def plan_lines(rows):
    """What a bulk edit would change, one line per value."""
    for row in rows:
        for change in row.changes:
            yield [row.customer.code, row.customer.name, change.label, change.old, change.new]


def batch_lines(lines):
    """What an act on many did to the rows that the reader may see, one line per value."""
    for line in lines:
        customer, about = line.customer, line.task_title or "顧客"
        for change in line.changes:
            values = [change.label, change.old, change.new]
            yield [customer.code, customer.name, about, *values, line.why]


def access_lines(records):
    for record in records:
        customer = record.customer
        yield [
            seconds(record.at),
            record.user.name,
            record.user.rep_code,
            record.get_act_display(),
            customer.name if customer else "",
            customer.code if customer else "",
            record.rows,
            record.get_source_display(),
            record.detail,
            record.request_id,
        ]
