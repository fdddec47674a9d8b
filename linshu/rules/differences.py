"""Where does a state by the trail differ from one by the tables, and how is that said?

``replay`` rebuilds the one; of the other the store makes the same names.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from linshu.rules import trail
from linshu.rules.persons import PARTS
from linshu.rules.replay import NAMES, PLURAL, TEXTS
from linshu.rules.said import Said


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that the trail tells otherwise than the tables keep it. ``what``: a name of
    ``NAMES``; ``id``: which one, of what there can be several of. A text is shown by its digest."""

    what: str
    id: int | None
    told: Any
    kept: Any

    @property
    def said(self) -> Said:
        """The difference as a sentence."""
        name = Said(NAMES[self.what])
        what = name if self.id is None else Said("{what} #{id}", what=name, id=self.id)
        facts = {"told": _written(self.told), "kept": _written(self.kept)}
        return Said("{what}:留痕为 {told},表中为 {kept}", what=what, **facts)


def differences(told: Mapping[str, Any], kept: Mapping[str, Any]) -> list[Difference]:
    """Where a state by the trail and one by the tables differ; ``kept`` has texts as they are."""
    found = list[Difference]()
    for name in NAMES:
        if name not in told:
            continue
        if name in PLURAL:
            found += _each(name, told[name], kept[name])
        elif (ours := _comparable(name, told[name])) != (theirs := _kept(name, told, kept)):
            found.append(Difference(name, None, ours, theirs))
    return found


def _each(name: str, told: Mapping[int, Any], kept: Mapping[int, Any]) -> list[Difference]:
    kept = {id_: _as_told(told.get(id_), one) for id_, one in kept.items()}
    return [
        Difference(name, id_, told.get(id_), kept.get(id_))
        for id_ in sorted({*told, *kept})
        if told.get(id_) != kept.get(id_)
    ]


def _as_told(told: Any, kept: Any) -> Any:
    """Texts among its parts as the digests that the trail holds of them."""
    if not isinstance(told, Mapping) or not isinstance(kept, Mapping):
        return kept
    return {
        key: trail.text_digest(told[key].split(":")[0], value)
        if key in PARTS and key in told
        else value
        for key, value in kept.items()
    }


def _comparable(name: str, value: Any) -> Any:
    return sorted(value) if name == "postings" else value


def _kept(name: str, told: Mapping[str, Any], kept: Mapping[str, Any]) -> Any:
    """A text as the digest that the trail would hold of it."""
    if name in TEXTS:
        return trail.text_digest(told[name].split(":")[0], kept[name])
    return _comparable(name, kept[name])


def _written(value: Any) -> str:
    match value:
        case None | "" | []:
            return "—"
        case bool():
            return "是" if value else "否"
        case dict():
            return " ".join(_written(part) for part in value.values())
        case list():
            return "、".join(
                f"{one[1]} {one[2]:+d}" if isinstance(one, list) else str(one) for one in value
            )
        case _:
            return str(value)
