"""`/customers/export`: the list as a file, with a reason, on record."""

from contextlib import ExitStack

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import FileResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from customers.access import log_access
from customers.exporting import export_of
from customers.forms import ExportForm, ExportQuery
from customers.forms.export import Kind
from customers.models import AccessRecord, Customer
from wealthai.confirming import confirmed
from wealthai.limited import limited

TYPES = {
    Kind.CSV: ("csv", "text/csv; charset=utf-8"),
    Kind.CP932: ("csv", "text/csv; charset=Shift_JIS"),
    Kind.XLSX: ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@confirmed
@limited("export")
def customer_export(request):
    query = ExportQuery(request.GET, user=request.user)
    customers = Customer.objects.visible_to(request.user)
    rows = query.found_in(customers).count()
    form = ExportForm(request.POST if request.method == "POST" else None, rows=rows)
    export = None
    if form.is_bound and form.is_valid() and not query.problem:
        export = export_of(query, customers, form.cleaned_data["kind"])
        if not export.lost:
            return download(request, query, form.cleaned_data, export)
        export.file.close()
        form = form.in_utf8()
    context = {"query": query, "form": form, "rows": rows, "export": export}
    return render(request, "customers/customer_export.html", context)


def download(request, query, answers, export):
    """On record first: whatever then leaves is known to have left."""
    kind = Kind(answers["kind"])
    columns = "・".join(column.label for column in query.columns)
    detail = f"{answers['reason']}（{kind.label}、{query.words()}、{columns}）"
    act = AccessRecord.Act.EXPORT
    with ExitStack() as unless_recorded:
        unless_recorded.callback(export.file.close)
        log_access(request, act, rows=export.rows, keys=export.keys, detail=detail)
        unless_recorded.pop_all()
    if not connection.in_atomic_block:
        connection.close()  # back to the pool: the download may take long and needs none
    ending, content_type = TYPES[kind]
    name = f"顧客一覧_{timezone.localdate():%Y%m%d}.{ending}"
    return FileResponse(export.file, as_attachment=True, filename=name, content_type=content_type)
