"""`/api/chat`: ask, read on, stop, and look back."""

import math
from contextlib import ExitStack

from django.conf import settings
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import generics
from rest_framework import serializers as drf
from rest_framework.renderers import BaseRenderer
from rest_framework.response import Response
from rest_framework.views import APIView

from chat import api_schema, asking, runs, streams, withdrawal, wording
from chat.api_schema import CitationSchema, EndingSchema, UsageSchema
from chat.budgets import reset_after
from chat.looks import log_looks
from chat.models import ChatExchange
from chat.questions import LAST_KEY, QuestionSerializer
from wealthai.api import Conflict, JSONRenderer, Unavailable, problem
from wealthai.api.idempotency import HEADER as IDEMPOTENCY_KEY
from wealthai.api.paging import KeysetPagination
from wealthai.api.serializers import CharField, IntegerField, Serializer

SEARCH_LENGTH = 100
SAVING_SECONDS = 5
RETRY_AFTER = 5
FULL = "同時に受け付けられる質問の数に達しました。少し待ってから、もう一度送ってください。"
STILL_ANSWERING = "前の質問に回答しています。終わってから送るか、停止してください。"


class EventStreamRenderer(BaseRenderer):
    """Lets `Accept: text/event-stream` choose the stream; `streams.response` writes it."""

    media_type = "text/event-stream"
    format = "event-stream"
    charset = None

    def render(self, data, accepted_media_type=None, renderer_context=None):
        return JSONRenderer().render(data)


class ExchangeSerializer(drf.ModelSerializer):
    """One question and its answer, as every endpoint and event shows it."""

    conversation_id = drf.IntegerField(allow_null=True)
    customer_id = drf.IntegerField(allow_null=True)
    regenerate_of = drf.IntegerField(source="regenerate_of_id", allow_null=True)
    message = drf.CharField(source="shown_message")
    response = drf.CharField(source="shown_response")
    withheld = drf.BooleanField(source="is_withheld")
    citations = drf.SerializerMethodField()
    unverified = drf.ListField(
        child=drf.CharField(),
        read_only=True,
        help_text="Amounts, dates and percentages of the answer that stand in no record it was given.",
    )
    usage = UsageSchema(source="*")
    model = drf.CharField(source="model_id", allow_null=True)
    timestamp = drf.DateTimeField(source="created_at")
    ending = drf.SerializerMethodField()

    class Meta:
        model = ChatExchange
        fields = [
            "chat_id",
            "conversation_id",
            "customer_id",
            "regenerate_of",
            "message",
            "response",
            "withheld",
            "status",
            "ending",
            "citations",
            "unverified",
            "usage",
            "cost_yen",
            "cost_is_estimated",
            "model",
            "prompt_version",
            "stop_reason",
            "first_token_ms",
            "latency_ms",
            "timestamp",
            "finished_at",
            "request_id",
        ]

    @extend_schema_field(CitationSchema(many=True))
    def get_citations(self, exchange):
        """The records that the answer cites, by the numbers in its text."""
        shown = () if exchange.is_withheld else exchange.citations or ()
        names = CitationSchema().fields
        return [{name: one[name] for name in names} for one in shown if one.get("number")]

    @extend_schema_field(EndingSchema(allow_null=True))
    def get_ending(self, exchange):
        """Why the answer did not end as it should, in words; null when it did."""
        words = wording.of(exchange)
        if words is None:
            return None
        kind = exchange.error_kind or exchange.status
        more = {
            "continues": wording.can_go_on(exchange),
            "retry_after": wording.retry_after(exchange),
        }
        return {"kind": kind, **more, **words._asdict()}


def describe(exchange, many=False):
    """The JSON of one exchange, or of a list of them."""
    return ExchangeSerializer(exchange, many=many).data


class HistoryQuery(Serializer):
    customer_id = IntegerField(required=False, min_value=1, max_value=LAST_KEY)
    conversation_id = IntegerField(required=False, min_value=1, max_value=LAST_KEY)
    q = CharField(required=False, max_length=SEARCH_LENGTH)

    PAGING = ("page_size", "cursor", "ordering")

    @classmethod
    def filters(cls, params):
        query = cls(data={name: params[name] for name in params if name not in cls.PAGING})
        query.is_valid(raise_exception=True)
        found = dict(query.validated_data)
        words = found.pop("q", "").split()
        return found, words


def take_seat():
    try:
        return streams.Seat()
    except runs.Busy as error:
        raise Unavailable(FULL) from error


def saved(question, asked):
    """The row of `question`, being answered; what stands against it as an error of the API.

    What was lost since `asked` was checked is answered as if it had been lost before.
    """
    try:
        return asking.ask(question)
    except asking.NoLongerOpen as error:
        again = QuestionSerializer(data=asked.initial_data, context=asked.context)
        again.is_valid(raise_exception=True)
        raise Conflict from error
    except runs.Busy as error:
        raise Unavailable(FULL) from error
    except asking.StillAnswering as error:
        raise Conflict(STILL_ANSWERING) from error
    except ChatExchange.DoesNotExist as error:
        raise Http404 from error


class ChatView(generics.GenericAPIView):
    serializer_class = ExchangeSerializer
    limits = {"POST": "chat"}
    queryset = ChatExchange.objects.all()
    pagination_class = KeysetPagination
    renderer_classes = [JSONRenderer, EventStreamRenderer]
    ordering_fields = ["chat_id"]
    default_ordering = "-chat_id"

    def get_queryset(self):
        return ChatExchange.objects.visible_to(self.request.user)

    @extend_schema(
        summary="質問と回答の履歴",
        parameters=[HistoryQuery],
        responses=ExchangeSerializer(many=True),
    )
    def get(self, request):
        """The history, newest first."""
        runs.reap_lost()
        filters, words = HistoryQuery.filters(request.query_params)
        found = self.get_queryset()
        if customer := filters.pop("customer_id", None):
            found = ChatExchange.objects.of_customer(customer, request.user)
        rows = self.paginate_queryset(found.filter(**filters).saying(words))
        log_looks(request, rows)
        return self.get_paginated_response(describe(rows, many=True))

    @extend_schema(
        summary="質問する",
        request=QuestionSerializer,
        responses={
            (200, "application/json"): ExchangeSerializer,
            (200, "text/event-stream"): str,
            **api_schema.NOT_ANSWERED,
        },
        parameters=[
            OpenApiParameter(IDEMPOTENCY_KEY, str, OpenApiParameter.HEADER),
            api_schema.RETRY_AFTER,
        ],
    )
    def post(self, request):
        """Ask. The question is saved first; the answer comes whole, or as a stream of events."""
        streamed = request.accepted_renderer.format == EventStreamRenderer.format
        with ExitStack() as undo:
            if streamed:  # first: where there is none, nothing more is spent on the question
                seat = take_seat()
                undo.callback(seat.leave)
            asked = QuestionSerializer(data=request.data, context={"request": request})
            asked.is_valid(raise_exception=True)
            question = asking.Question(
                adviser=request.user,
                request_id=request.request_id,
                idempotency_key=request.headers.get(IDEMPOTENCY_KEY, ""),
                **asked.validated_data,
            )
            exchange = saved(question, asked)
            undo.pop_all()
        if streamed:
            return streams.response(exchange, 0, describe, seat, request.user)
        runs.wait(exchange.pk, settings.CHAT_ANSWER_SECONDS + SAVING_SECONDS)
        response = self.answered(request, withdrawal.shown_to(request.user, exchange.pk))
        response.waited_for_ai = True  # the model's time says nothing about our own
        return response

    def answered(self, request, exchange):
        data = describe(exchange)
        if exchange.status != ChatExchange.Status.FAILED:
            return Response(data)
        words, status = wording.of(exchange), 503
        wait = wording.retry_after(exchange) or RETRY_AFTER
        headers = {"Retry-After": str(wait)} if words.retry else {}
        if exchange.error_kind == "budget":
            left = reset_after(exchange.created_at) - timezone.now()
            status, headers = 429, {"Retry-After": str(max(1, math.ceil(left.total_seconds())))}
        return problem(request, status, words.title, words.detail, headers=headers, exchange=data)


class OneExchangeView(APIView):
    queryset = ChatExchange.objects.all()

    def exchange(self, request, pk):
        runs.reap_lost()
        exchange = get_object_or_404(ChatExchange.objects.visible_to(request.user), pk=pk)
        log_looks(request, [exchange])
        return exchange


class ExchangeView(OneExchangeView):
    @extend_schema(summary="1件の質問と回答", responses=ExchangeSerializer)
    def get(self, request, pk):
        """One exchange, also while its answer is still being written."""
        return Response(describe(self.exchange(request, pk)))


class EventsView(OneExchangeView):
    renderer_classes = [EventStreamRenderer, JSONRenderer]

    @extend_schema(
        summary="回答の続きを受け取る",
        responses={(200, "text/event-stream"): OpenApiTypes.STR},
        parameters=[OpenApiParameter("Last-Event-ID", int, OpenApiParameter.HEADER)],
    )
    def get(self, request, pk):
        """Read an answer on from the character that `Last-Event-ID` names (none: from the first)."""
        exchange = self.exchange(request, pk)
        had = request.headers.get("Last-Event-ID", "0")
        offset = int(had) if had.isascii() and had.isdigit() and len(had) < 10 else 0
        return streams.response(exchange, offset, describe, take_seat(), request.user)


class StopView(OneExchangeView):
    @extend_schema(summary="回答を止める", request=None, responses=ExchangeSerializer)
    def post(self, request, pk):
        """Stop the answer; what was written so far is kept. Stopping twice changes nothing."""
        exchange = get_object_or_404(
            ChatExchange.objects.visible_to(request.user).filter(adviser=request.user), pk=pk
        )
        runs.stop(exchange.pk)
        return Response(describe(withdrawal.shown_to(request.user, exchange.pk)))
