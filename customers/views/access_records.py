"""`/access-records`: who saw whose record and who took data out, for compliance and 管理者."""

from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from customers.access import log_access
from customers.forms import AccessQuery
from customers.inspection import ACCESS_HEAD, access_lines, csv_response
from customers.models import AccessRecord
from wealthai.confirming import confirmed_download
from wealthai.limited import any_request, limited

PAGE_SIZE = 100
CHUNK = 2000
may_read = permission_required("customers.view_accessrecord", raise_exception=True)


def records_for(request):
    records = AccessRecord.objects.visible_to(request.user)
    return records.select_related("user", "customer").order_by("-pk")


@login_required
@may_read
@require_safe
def access_records(request):
    query = AccessQuery(request.GET)
    context = {"query": query}
    if query.is_valid():
        found = query.found_in(records_for(request))
        before = query.cleaned_data["before"]
        rows = list((found.filter(pk__lt=before) if before else found)[: PAGE_SIZE + 1])
        more = len(rows) > PAGE_SIZE
        context["records"] = rows[:PAGE_SIZE]
        context["next"] = query.link(before=rows[PAGE_SIZE - 1].pk) if more else None
    return render(request, "customers/access_records.html", context)


@login_required
@may_read
@require_safe
@confirmed_download("customers:access-records")
@limited("export", when=any_request)
def export(request):
    query = AccessQuery(request.GET)
    if not query.is_valid():
        return render(request, "customers/access_records.html", {"query": query}, status=400)
    found = query.found_in(records_for(request))
    newest = found.values_list("pk", flat=True).first() or 0
    found = found.filter(pk__lte=newest)  # not the row that this very export writes
    log_access(
        request,
        AccessRecord.Act.EXPORT,
        detail=f"閲覧記録 {query.link_from_start}",
        rows=found.count(),
    )
    return csv_response("access-records", ACCESS_HEAD, access_lines(found.iterator(CHUNK)))
