"""Who is in a case by its trail, and where may each be served? The part of ``replay`` about people.

Somebody has the number of the order in which he came; his name stands in the trail as a digest.
"""

from collections.abc import Mapping
from typing import Any

from linshu.rules import trail

State = dict[str, Any]
Entry = Mapping[str, Any]

#: The texts among what is told of each: whose name, by which ruling or document.
PARTS = frozenset({"name", "ruling", "document"})


def filed(state: State, entry: Entry) -> None:
    """The parties that a case came with; an older trail names nobody, and nobody is rebuilt."""
    named = entry["after"].get("persons")
    if named is None:
        return
    plain = {"kind": "", "mandate": "", "represents": None, "replaces": None, "out_on": None}
    plain |= {"ruling": trail.text_digest(entry["alg"], "")}
    state["persons"] = {
        nth: {"role": role, "name": name, **plain} for nth, (role, name) in enumerate(named, 1)
    }
    state["addresses"] = {}


def stands(state: State, entry: Entry) -> None:
    """Where somebody stands after he came, left or was corrected."""
    data = entry["data"]
    if "persons" in state and "person" in data:
        state["persons"][data["nth"]] = data["person"]


def address(state: State, entry: Entry) -> None:
    """An address more, and whether the case has a confirmed one."""
    data = entry["data"]
    state["address_confirmed"] = entry["after"]["address_confirmed"]
    if "addresses" in state:
        keys = ("nth", "confirmed_on", "document")
        state["addresses"][data["address"]] = {key: data[key] for key in keys}
