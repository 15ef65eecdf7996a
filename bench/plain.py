"""What the product is compared with: the same customers kept and served the way tutorials do."""

from django.db import connection, models
from rest_framework import generics, pagination, serializers

from bench import database
from customers.api import CustomerSerializer
from customers.models import Customer
from wealthai.copying import columns_of


def columns():
    return [field for field in columns_of(Customer) if field.name not in Customer.DERIVED]


def model():
    """The same columns and ordinary indexes, without history, search key and what follows them."""
    fields = {field.name: field.clone() for field in columns()}
    fields["sales_rep"] = models.ForeignKey(
        "customers.Adviser", models.PROTECT, null=True, related_name="+"
    )
    fields["updated_at"] = models.DateTimeField(auto_now=True, db_index=True)
    meta = type("Meta", (), {"app_label": "bench", "db_table": "bench_plain"})
    return type("Plain", (models.Model,), {**fields, "Meta": meta, "__module__": __name__})


Plain = model()


def fill():
    """The table, with the customers of the database that is in use."""
    if Plain._meta.db_table in connection.introspection.table_names():
        return
    with connection.schema_editor() as editor:
        editor.create_model(Plain)
    names = ", ".join(field.column for field in columns())
    database.run(f"INSERT INTO bench_plain ({names}) SELECT {names} FROM customers")
    database.run("VACUUM ANALYZE bench_plain")


class PlainSerializer(serializers.ModelSerializer):
    class Meta:
        model = Plain
        fields = CustomerSerializer.Meta.fields


class PlainPagination(pagination.PageNumberPagination):
    page_size = 50


class PlainListView(generics.ListAPIView):
    """Signed in, counted, limited to what the caller may see, as the product's list is."""

    serializer_class = PlainSerializer
    pagination_class = PlainPagination

    def get_queryset(self):
        rows = Plain.objects.filter(archived_at=None).order_by("-customer_id")
        user = self.request.user
        return rows if user.sees_firm else rows.filter(sales_rep=user)
