"""Questions after the sale: nothing came, faults, refunds, disputes, use, reviews, complaints.

Nothing here admits fault, threatens or promises a refund: options and evidence are named, a person decides.
"""

from __future__ import annotations

from bot.answers.context import Context
from bot.answers.goods import which
from bot.answers.orders import about, known_order, next_step, with_order
from bot.answers.parts import Answer, CaseRequest, Line, answer, line
from bot.replies.values import Days, Names, Value
from bot.trade.disputes import days_late, dispute_dates, evidence_for
from bot.trade.model import DisputeKind, Order

_USE_BY_CATEGORY = {
    "electronics": "electric", "lighting": "electric", "wigs": "hair", "faux_fur": "textile", "lace": "textile",
    "ribbons": "textile", "dresses": "textile", "fittings": "hinge",
}  # fmt: skip


def evidence_line(context: Context, kind: DisputeKind, order: Order | None) -> Line:
    """Return the line that asks for what proves a claim of ``kind``."""
    ids = evidence_for(kind, context.rules.policies.evidence, order)
    return line("damaged.evidence", evidence=Names(tuple(context.replies.render(f"evidence.{one}") for one in ids)))


def not_received(context: Context) -> Answer:
    """In time, late, marked delivered, in customs or returned: say which, and what can be done."""

    def specific(context: Context, order: Order) -> Answer:
        late = days_late(order, context.today)
        lines: list[Line | None] = [line("notreceived.sorry")]
        if order.delivered_on is not None:
            lines.append(line("notreceived.delivered", number=order.number, date=order.delivered_on))
        elif order.state == "returned_to_sender":
            lines.append(line("notreceived.returned"))
        elif order.shipped_on is None:
            state = context.replies.render(f"state.{order.state}")
            lines.extend([line("notreceived.not_shipped", number=order.number, state=state), next_step(context, order)])
        elif late and order.promised_on:
            lines.append(line("notreceived.late", number=order.number, date=order.promised_on, days=Days(late)))
        elif order.promised_on:
            lines.append(line("notreceived.in_time", number=order.number, date=order.promised_on))
        if order.state == "in_customs":
            lines.append(line("notreceived.customs"))
        if late or order.delivered_on is not None:
            lines.append(line("notreceived.options"))
        lines.append(line("notreceived.person"))
        return answer(*lines, question=line("order.question"), case=CaseRequest("not_received", "logistics"))

    return with_order(context, (line("notreceived.sorry"), line("notreceived.general")), specific)


def _fault(context: Context, kind: DisputeKind, reason: str) -> Answer:
    order = known_order(context)
    return answer(
        line("damaged.sorry"),
        evidence_line(context, kind, order),
        line("damaged.options"),
        question=line("damaged.ask") if order else line("identity.ask_both"),
        case=CaseRequest(reason, "after_sale"),
        awaiting=None if order else "order_number",
    )


def item_damaged(context: Context) -> Answer:
    """Ask for photos and the fault in a video; name the possible ways out."""
    return _fault(context, "damaged" if "broken" in context.aspects else "quality", "item_damaged")


def item_mismatch(context: Context) -> Answer:
    """The same for wrong or missing goods."""
    short = context.aspects & {"missing_part", "fewer", "empty_box"}
    return _fault(context, "short_quantity" if short else "not_as_described", "item_mismatch")


def ask_refund(context: Context) -> Answer:
    """Tell the return policy and address; the wish itself is decided by a person."""
    rules = context.rules.policies.returns
    lines: list[Line] = [line("refund.policy", days=Days(rules.days))]
    if context.product and context.product.category in rules.excluded_categories:
        lines.append(line("refund.excluded", product=context.name(context.product)))
    lines.append(line("refund.buyer_pays") if rules.change_of_mind_paid_by == "buyer" else line("refund.seller_pays"))
    if "exchange" in context.aspects:
        lines.append(line("refund.exchange"))
    if "return_address" in context.aspects or "return" in context.aspects:
        found = context.shop.return_address(context.country) if context.country else None
        if found and context.country:
            lines.append(line("refund.address", country=context.country_name(context.country), address=found.address))
        else:
            lines.append(line("refund.no_address"))

    def specific(context: Context, order: Order) -> Answer:
        case = CaseRequest("refund", "after_sale")
        if order.shipped_on is None and order.state != "cancelled":
            return answer(line("refund.not_shipped", number=order.number), question=line("refund.ask"), case=case)
        return answer(*lines, line("refund.person", number=order.number), question=line("refund.ask"), case=case)

    return with_order(context, tuple(lines), specific)


def refund_status(context: Context) -> Answer:
    """Tell where the money is, with the bank's days."""

    def specific(context: Context, order: Order) -> Answer:
        refund = order.refund
        if refund is None:
            case = CaseRequest("refund_status", "after_sale")
            return answer(line("refundstatus.none", number=order.number), question=line("order.question"), case=case)
        values: dict[str, Value] = {"number": order.number, "amount": context.money(refund.amount, order.currency)}
        if refund.state == "sent":
            told = line("refundstatus.sent", date=refund.updated_on, days=Days(refund.days_to_arrive), **values)
        elif refund.state == "done":
            told = line("refundstatus.done", date=refund.updated_on, **values)
        elif refund.state == "refused":
            told = line("refundstatus.refused", number=order.number)
        else:
            told = line(f"refundstatus.{refund.state}", **values)
        open_case = CaseRequest("refund_status", "after_sale") if refund.state in {"requested", "refused"} else None
        return answer(told, question=line("order.question"), case=open_case)

    return with_order(context, (line("refundstatus.general"),), specific)


def ask_dispute(context: Context) -> Answer:
    """Tell the kind, the exact dates, the evidence and the options; hand a complete file to a person."""
    clock = context.rules.policies.dispute

    def specific(context: Context, order: Order) -> Answer:
        case = CaseRequest("dispute", "after_sale")
        dispute = order.dispute
        if dispute is None:
            return answer(
                about(context, order),
                line("dispute.general", first=clock.escalate_from_day, last=clock.automatic_on_day),
                evidence_line(context, "not_as_described", order),
                line("dispute.person"),
                question=line("dispute.ask"),
                case=case,
            )
        dates = dispute_dates(dispute, clock)
        kind = context.replies.render(f"kind.{dispute.kind}")
        names = tuple(
            context.replies.render(f"evidence.{one}")
            for one in evidence_for(dispute.kind, context.rules.policies.evidence, order)
        )
        running = dispute.state not in {"closed", "withdrawn"}
        return answer(
            line("dispute.running", number=order.number, kind=kind, date=dispute.requested_on),
            line("dispute.from_day", date=dates.escalate_from, until=dates.escalate_until) if running else None,
            line("dispute.automatic", date=dates.automatic_on) if running else None,
            line("dispute.evidence", evidence=Names(names)),
            line("dispute.options"),
            line("dispute.person"),
            question=line("dispute.ask"),
            case=case,
        )

    general = (line("dispute.general", first=clock.escalate_from_day, last=clock.automatic_on_day),)
    return with_order(context, general, specific)


def usage_help(context: Context) -> Answer:
    """Give the short way for the kind of goods; the exact manual comes from a person."""
    product = context.product
    if product is None:
        return which(context, "usage.which")
    key = _USE_BY_CATEGORY.get(product.category)
    return answer(
        line(f"usage.{key}") if key else line("usage.general"),
        line("usage.person"),
        question=line("usage.ask"),
        case=CaseRequest("usage_help", "after_sale"),
    )


def ask_review(context: Context) -> Answer:
    """Thank for praise, say how to leave or change a review, ask for trouble to be told first."""
    rule = context.rules.policies.review
    if "change_review" in context.aspects:
        return answer(line("review.change", days=Days(rule.change_within_days)), question=line("review.ask"))
    if "bad_review" in context.aspects:
        return answer(
            line("review.sorry"), question=line("complaint.ask"), case=CaseRequest("bad_review", "after_sale")
        )
    praise = context.aspects & {"love_it", "satisfied", "good_quality", "recommend", "stars"}
    return answer(line("review.thanks") if praise else None, line("review.how"), question=line("review.ask"))


def complaint(context: Context) -> Answer:
    """Apologise for the feeling, not the fault; a person looks into it."""
    case = CaseRequest("complaint", "after_sale")
    return answer(line("complaint.sorry"), line("complaint.person"), question=line("complaint.ask"), case=case)


def ask_human(context: Context) -> Answer:
    """A person must always be reachable."""
    case = CaseRequest("asked_for_person", "overflow", handoff=True)
    return answer(line("human.handover"), line("human.wait"), case=case)
