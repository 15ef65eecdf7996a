"""Rows that are evidence: added, never changed or removed. History and records of access are such.

Here Django's statements raise. On PostgreSQL a trigger refuses what goes past Django, by SQL
(migration `written_once` of the customers).
"""

from django.db import models


class WrittenOnceError(Exception):
    """Somebody tried to change or delete a row that is evidence."""


def refuse(model):
    raise WrittenOnceError(f"{model.__name__}: rows are added, never changed or removed.")


class WrittenOnceQuerySet(models.QuerySet):
    def update(self, **values):
        refuse(self.model)

    update.alters_data = True

    def _update(self, values):
        """What `save()` does; for a row that is not stored yet an INSERT follows."""
        if self.exists():
            refuse(self.model)
        return 0

    def bulk_update(self, *args, **kwargs):
        refuse(self.model)

    def bulk_create(self, objs, *args, update_conflicts=False, **kwargs):
        if update_conflicts:
            refuse(self.model)
        return super().bulk_create(objs, *args, **kwargs)

    def delete(self):
        refuse(self.model)

    delete.alters_data = True
    delete.queryset_only = True

    def _raw_delete(self, using):
        refuse(self.model)


class WrittenOnce(models.Model):
    objects = WrittenOnceQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def delete(self, *args, **kwargs):
        refuse(type(self))
