"""Keyset paging of the API: `{count, count_is_capped, next, previous, results}`.

`page_size` above the limit is refused, not shortened.
"""

from functools import cache, cached_property
from urllib.parse import urlencode

from django.conf import settings
from rest_framework import pagination
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from wealthai.api.serializers import ChoiceField, IntegerField, Serializer, SignedField
from wealthai.counting import capped_count
from wealthai.keyset import Keyset, Order, Position, StaleError

MAX_PAGE_SIZE = 200
PAGING = {"cursor", "ordering", "page_size"}  # parameters


class PageQuery(Serializer):
    page_size = IntegerField(min_value=1, max_value=MAX_PAGE_SIZE, required=False)
    cursor = SignedField(required=False, max_length=2000)


@cache
def page_query(columns):
    """The serializer of the paging parameters; it keeps nothing of what it validates."""
    names = [sign + name for name in columns for sign in ("", "-")]
    ordered = type(
        "OrderedPageQuery", (PageQuery,), {"ordering": ChoiceField(names, required=False)}
    )
    return ordered()


class KeysetPagination(pagination.BasePagination):
    """For a view with `ordering_fields` and `default_ordering`; where an order goes by another
    column than the one it is called after, `ordering_columns` says so."""

    def paginate_queryset(self, queryset, request, view=None):
        given = {name: value for name, value in request.query_params.items() if name in PAGING}
        asked = page_query(tuple(view.ordering_fields)).run_validation(given)
        self.request = request
        self.size = asked.get("page_size", settings.API_PAGE_SIZE)
        ordering = asked.get("ordering", view.default_ordering)
        sign, name = "-" if ordering.startswith("-") else "", ordering.removeprefix("-")
        self.ordering = sign + getattr(view, "ordering_columns", {}).get(name, name)
        keyset = Keyset(self.ordering, Order.of(queryset.model, self.ordering), queryset.model)
        start = self.start_of(asked.get("cursor"))
        self.page = keyset.page(queryset, self.size, start)
        is_whole = start is None and not self.page.has_next
        self.count = len(self.page.rows) if is_whole else capped_count(queryset)
        return self.page.rows

    def start_of(self, cursor):
        try:
            return Position.unpack(cursor, self.ordering) if cursor is not None else None
        except StaleError as error:
            text = "この続きの位置は使えません。並び順を変えたときなどは、cursor を外して最初のページから取得してください。"
            raise ValidationError({"cursor": [text]}) from error

    def link(self, position):
        if not position:
            return None
        # From the decoded parameters: copying the address would garble unescaped Japanese in it.
        query = dict(self.request.query_params.lists()) | {"cursor": position}
        return f"{self.address}?{urlencode(query, doseq=True)}"

    @cached_property
    def address(self):
        return self.request.build_absolute_uri(self.request.path)

    def get_schema_operation_parameters(self, view):
        orderings = page_query(tuple(view.ordering_fields)).fields["ordering"].choices
        size = {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE}
        shapes = {
            "page_size": ("1ページの件数", size | {"default": settings.API_PAGE_SIZE}),
            "cursor": ("続きの位置。next と previous のURLに入っています。", {"type": "string"}),
            "ordering": ("並び順", {"type": "string", "enum": list(orderings)}),
        }
        shapes["ordering"][1]["default"] = view.default_ordering
        return [
            {"name": name, "in": "query", "required": False, "description": text, "schema": schema}
            for name, (text, schema) in shapes.items()
        ]

    def get_paginated_response_schema(self, schema):
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["count", "count_is_capped", "next", "previous", "results"],
            "properties": {
                "count": {"type": "integer", "description": "条件に合う件数"},
                "count_is_capped": {
                    "type": "boolean",
                    "description": f"true なら count は {settings.API_COUNT_CAP} 件以上の意味",
                },
                "next": link,
                "previous": link,
                "results": schema,
            },
        }

    def get_paginated_response(self, data):
        cap = settings.API_COUNT_CAP
        return Response(
            {
                "count": min(self.count, cap),
                "count_is_capped": self.count > cap,
                "next": self.link(self.page.next),
                "previous": self.link(self.page.previous),
                "results": data,
            }
        )
