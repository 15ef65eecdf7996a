"""Filters of the lists; a name that no filter has is refused, not ignored."""

from django import forms
from django_filters import rest_framework as filters
from rest_framework.exceptions import ValidationError

PAGING_NAMES = {"cursor", "ordering", "page_size"}


class IntegerFilter(filters.Filter):
    field_class = forms.IntegerField


class FilterBackend(filters.DjangoFilterBackend):
    def get_filterset(self, request, queryset, view):
        filterset = super().get_filterset(request, queryset, view)
        unknown = sorted(set(request.query_params) - set(filterset.filters) - PAGING_NAMES)
        if unknown:
            known = "、".join(sorted(set(filterset.filters) | PAGING_NAMES))
            text = f"この条件はありません。使える条件: {known}"
            raise ValidationError({name[:50]: [text] for name in unknown[:20]})
        return filterset
