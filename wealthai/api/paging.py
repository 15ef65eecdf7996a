"""Keyset paging: every page costs the same, however deep, and rows added meanwhile shift nothing.

`{count, count_is_capped, next, previous, results}`. The cursor is signed: nobody else can make
one, so its values need no checking. `page_size` above the limit is refused, not shortened.
"""

import json

from django.conf import settings
from django.core import signing
from django.db.models import F, Q
from rest_framework import pagination
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from wealthai.api.serializers import CharField, ChoiceField, IntegerField, Serializer

MAX_PAGE_SIZE = 200


class PageQuery(Serializer):
    page_size = IntegerField(min_value=1, max_value=MAX_PAGE_SIZE, required=False)
    cursor = CharField(required=False, max_length=2000)


class Position:
    """Where a page starts: behind (or, backwards, before) one row of one ordering."""

    SALT = "wealthai.api.paging"

    def __init__(self, ordering, backwards, value, pk):
        self.ordering, self.backwards, self.value, self.pk = ordering, backwards, value, pk

    def pack(self):
        return signing.dumps(
            [self.ordering, self.backwards, self.value, self.pk],
            salt=self.SALT,
            serializer=Packer,
        )

    @classmethod
    def unpack(cls, text):
        try:
            return cls(*signing.loads(text, salt=cls.SALT, serializer=Packer))
        except signing.BadSignature as error:
            raise ValidationError(
                {"cursor": ["この続きの位置は使えません。最初のページからたどり直してください。"]}
            ) from error


class Packer:
    """JSON that knows dates; the column's own type reads them back."""

    def dumps(self, obj):
        return json.dumps(obj, default=str, separators=(",", ":")).encode()

    def loads(self, data):
        return json.loads(data.decode())


class Keyset:
    """One column and the primary key as an order that has no ties, NULL always last."""

    def __init__(self, ordering, pk_name):
        self.descending = ordering.startswith("-")
        self.column = ordering.removeprefix("-")
        self.pk = pk_name

    def sort(self, queryset, backwards):
        descending = self.descending != backwards
        nulls = {"nulls_first": True} if backwards else {"nulls_last": True}
        if not queryset.model._meta.get_field(self.column).null:
            nulls = {}
        direction = "desc" if descending else "asc"
        order = [getattr(F(self.column), direction)(**nulls)]
        if self.column != self.pk:
            order.append(getattr(F(self.pk), direction)())
        return queryset.order_by(*order)

    def beyond(self, position):
        """The rows on the far side of `position`, as one condition."""
        lookup = "lt" if self.descending != position.backwards else "gt"
        tie = Q(**{f"{self.pk}__{lookup}": position.pk})
        if self.column == self.pk:
            return tie
        null = Q(**{f"{self.column}__isnull": True})
        if position.value is None:
            return (null & tie) | ~null if position.backwards else null & tie
        # Repeats the boundary as a plain range, which an index can start from; OR cannot.
        near = Q(**{f"{self.column}__{lookup}e": position.value})
        far = Q(**{f"{self.column}__{lookup}": position.value})
        same = near & (far | tie)
        return same if position.backwards else same | null


class KeysetPagination(pagination.BasePagination):
    """For a view with `ordering_fields` (column names) and `default_ordering`."""

    def paginate_queryset(self, queryset, request, view=None):
        query = self.query_of(view)(
            data={
                name: request.query_params[name]
                for name in ("page_size", "cursor", "ordering")
                if name in request.query_params
            }
        )
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        self.request = request
        self.size = asked.get("page_size", settings.API_PAGE_SIZE)
        self.ordering = asked.get("ordering", view.default_ordering)
        self.start = Position.unpack(asked["cursor"]) if "cursor" in asked else None
        if self.start and self.start.ordering != self.ordering:
            text = "並び順を変えたときは、cursor を外して最初のページから取得してください。"
            raise ValidationError({"cursor": [text]})
        self.count = queryset.order_by()[: settings.API_COUNT_CAP + 1].count()
        return self.load(queryset)

    def load(self, queryset):
        self.pk = queryset.model._meta.pk.name
        keyset = Keyset(self.ordering, self.pk)
        self.column = keyset.column
        backwards = bool(self.start and self.start.backwards)
        if self.start:
            queryset = queryset.filter(keyset.beyond(self.start))
        rows = list(keyset.sort(queryset, backwards)[: self.size + 1])
        more, rows = len(rows) > self.size, rows[: self.size]
        self.has_next = backwards or more
        self.has_previous = more if backwards else bool(self.start)
        self.rows = rows[::-1] if backwards else rows
        return self.rows

    def query_of(self, view):
        names = [sign + name for name in view.ordering_fields for sign in ("", "-")]
        return type(
            "OrderedPageQuery", (PageQuery,), {"ordering": ChoiceField(names, required=False)}
        )

    def link(self, exists, row, backwards):
        if not exists or not self.rows:
            return None
        get = row.get if isinstance(row, dict) else lambda name: getattr(row, name)
        position = Position(self.ordering, backwards, get(self.column), get(self.pk))
        # From the decoded parameters: copying the address would garble unescaped Japanese in it.
        query = self.request.query_params.copy()
        query["cursor"] = position.pack()
        return f"{self.request.build_absolute_uri(self.request.path)}?{query.urlencode()}"

    def get_schema_operation_parameters(self, view):
        orderings = self.query_of(view)().fields["ordering"].choices
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
                "next": self.link(self.has_next, self.rows and self.rows[-1], backwards=False),
                "previous": self.link(
                    self.has_previous, self.rows and self.rows[0], backwards=True
                ),
                "results": data,
            }
        )
