"""What the product is compared with: the same table served the way tutorials do."""

from rest_framework import generics, pagination, serializers

from customers.api import CustomerSerializer
from customers.models import Customer


class PlainSerializer(serializers.ModelSerializer):
    class Meta:
        model = Customer
        fields = CustomerSerializer.Meta.fields


class PlainPagination(pagination.PageNumberPagination):
    page_size = 50


class PlainListView(generics.ListAPIView):
    """Signed in, counted, limited to what the caller may see, as the product's list is."""

    serializer_class = PlainSerializer
    pagination_class = PlainPagination

    def get_queryset(self):
        return Customer.objects.visible_to(self.request.user).active()
