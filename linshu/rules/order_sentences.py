"""How do the entries about supervision orders read? Part of the table in ``sentences``: tag:
(short name zh, short name en, sentence zh, sentence en)."""

from collections.abc import Mapping

from linshu.rules.trail import Tag

ORDER_SENTENCES: Mapping[Tag, tuple[str, str, str, str]] = {
    Tag.ORDER_GIVEN: (
        "督办",
        "ordered",
        "督办 #{order}:{name},由{team}于 {after.due_on} 前办理。",
        "Order #{order}: {name}, to be done by {team} until {after.due_on}.",
    ),
    Tag.ORDER_ANSWERED: (
        "答复督办",
        "order answered",
        "答复督办 #{order}({name})。",
        "Order #{order} ({name}) was answered.",
    ),
    Tag.ORDER_RETURNED: (
        "退回督办答复",
        "order returned",
        "退回督办 #{order} 的答复({name}),限 {after.due_on} 前再办。",
        "The answer to order #{order} ({name}) was returned; to be done until {after.due_on}.",
    ),
    Tag.ORDER_SETTLED: (
        "督办了结",
        "order settled",
        "督办 #{order}({name})了结。",
        "Order #{order} ({name}) was settled.",
    ),
    Tag.ORDER_WITHDRAWN: (
        "撤回督办",
        "order withdrawn",
        "撤回督办 #{order}({name})。",
        "Order #{order} ({name}) was withdrawn.",
    ),
    Tag.ORDER_PASSED: (
        "督办随案移转",
        "order went along",
        "督办 #{order}({name})随案由{from_team}移至{team}。",
        "Order #{order} ({name}) went along from {from_team} to {team}.",
    ),
}
