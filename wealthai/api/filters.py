"""Filters of the lists; a name that no filter has is refused, not ignored."""

from django import forms
from django_filters import rest_framework as filters
from rest_framework.exceptions import ValidationError

from wealthai.api.paging import PAGING


class IntegerFilter(filters.Filter):
    """Ids and other numbers of an integer column; beyond it SQLite could not even compare."""

    field_class = forms.IntegerField

    def __init__(self, *args, **kwargs):
        super().__init__(*args, min_value=0, max_value=2**31 - 1, **kwargs)


class FilterBackend(filters.DjangoFilterBackend):
    """A filter set may say in `unfiltered` what a list without conditions shows: no form for that."""

    def filter_queryset(self, request, queryset, view):
        shortcut = getattr(view.filterset_class, "unfiltered", None)
        if shortcut and PAGING.issuperset(request.query_params):
            return shortcut(queryset)
        return super().filter_queryset(request, queryset, view)

    def get_filterset(self, request, queryset, view):
        filterset = super().get_filterset(request, queryset, view)
        unknown = sorted(set(request.query_params) - set(filterset.filters) - PAGING)
        if unknown:
            known = "、".join(sorted(set(filterset.filters) | PAGING))
            text = f"この条件はありません。使える条件: {known}"
            raise ValidationError({name[:50]: [text] for name in unknown[:20]})
        return filterset
