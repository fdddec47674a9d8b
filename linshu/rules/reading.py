"""How is a document read so that every fault in it is told at once? Value by value, typed."""

from collections.abc import Mapping
from typing import Any

from linshu.rules.said import Said


class Reader:
    """Takes values out of a document and collects what is wrong instead of stopping at it.

    ``faults``: everything that was wrong, each with its path."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document, self.faults = document, list[Said]()

    def take(self, path: str, kind: type, default: Any, optional: bool = False) -> Any:
        """The value at a dotted path; the default, and a fault, where it is missing (unless
        optional) or of another type."""
        value: Any = self.document
        for key in path.split("."):
            value = value.get(key) if isinstance(value, dict) else None
        if value is None and optional:
            return default
        if type(value) is not kind:
            self.faults.append(Said("{path}:缺少,或者类型不对", path=path))
            return default
        return value

    def number(self, path: str, low: int, high: int, default: int | None = None) -> int:
        """A whole number within bounds, both included; it may be missing where it has a default."""
        optional = default is not None
        value: int = self.take(path, int, default if optional else low, optional)
        if value == default:
            return value
        if not low <= value <= high:
            places = {"path": path, "low": low, "high": high, "value": value}
            self.faults.append(Said("{path}:应在 {low} 至 {high} 之间,现为 {value}", **places))
        return value

    def words(self, path: str, among: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of different words; only ``among`` these where some are given."""
        raw = self.take(path, list, [])
        if not all(isinstance(one, str) and one.strip() for one in raw) or len(set(raw)) != len(
            raw
        ):
            self.faults.append(Said("{path}:应是不重复的文字清单", path=path))
            return ()
        if among and not set(raw) <= set(among):
            self.faults.append(Said("{path}:只能用 {words}", path=path, words=among))
            return ()
        return tuple(raw)

    def word(self, path: str, among: tuple[str, ...] = ()) -> str:
        """A text that says something; one of ``among`` where some are given."""
        text: str = self.take(path, str, among[0] if among else "—")
        if not text.strip() or (among and text not in among):
            said = Said("{path}:只能用 {words}", path=path, words=among)
            self.faults.append(said if among else Said("{path}:应是文字", path=path))
        return text

    def days(self, path: str) -> tuple[int, ...]:
        """Days before a limit, the most first, 0 to 365."""
        raw = self.take(path, list, [])
        fits = all(type(n) is int and 0 <= n <= 365 for n in raw) and len(set(raw)) == len(raw)
        if not raw or not fits:
            self.faults.append(Said("{path}:应是不重复的天数清单,如 [7, 3, 1, 0]", path=path))
            return (0,)
        return tuple(sorted(raw, reverse=True))

    def sections(self, path: str, longest: int) -> tuple[str, ...]:
        """The keys under a path, at least one, each a table of its own and no longer than what a
        column has room for."""
        raw = self.take(path, dict, {})
        if not raw:
            self.faults.append(Said("{path}:至少一项", path=path))
        fits = {key: isinstance(row, dict) and len(key) <= longest for key, row in raw.items()}
        for key in raw:
            if not fits[key]:
                where = f"{path}.{key}"
                self.faults.append(
                    Said("{path}:应是一节,键不超过 {most} 个字符", path=where, most=longest)
                )
        return tuple(key for key in raw if fits[key])
