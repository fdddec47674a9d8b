"""What is handed over when a case is looked into (一案双查)? One zip that tells and proves it.

Pages to read and to print, the case's trail with its seals and the texts it holds digests of, who
looked, and the verifier: whoever has the zip and a Python needs nothing of ours.
"""

import csv
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from linshu.rules import seals, trail, verify
from linshu.rules.trail import Tag
from linshu.services import exports, pack_pages, pack_papers, sealing
from linshu.services.checking import ESCAPED, hold_still
from linshu.services.errors import NotFound
from linshu.services.pack_pages import Entry, Told
from linshu.store import queries, writer
from linshu.store.cases import Action, Case, Text
from linshu.store.db import SHANGHAI, db, transaction
from linshu.store.parties import of_case
from linshu.store.writer import Doer, Draft, When

TRAIL, SEALS, TEXTS = "trail.jsonl", "seals.jsonl", "texts.jsonl"
COVER, HOW, SUMS = "封面.html", "核验.txt", "sha256.txt"
COMMAND = f"python -m linshu.rules.verify {TRAIL} --seals {SEALS} --texts {TEXTS}"
_RULES = Path(verify.__file__).parent
#: What the check needs of ours, as it lies in the source.
VERIFIER = {
    "linshu/__init__.py": _RULES.parent / "__init__.py",
    "linshu/rules/__init__.py": _RULES / "__init__.py",
    **{f"linshu/rules/{name}": _RULES / name for name in verify.FILES},
}
#: Every file but the cover and those of ``pack_papers``, in the zip's order, with what is in it.
CONTENTS: Mapping[str, str] = {
    "01-流程.html": "流转过程:每一阶段的团队、承办人、起止、届满、转出原因、积分",
    "01-流程.csv": "同上,表格",
    "02-留痕.html": "全部留痕:何人、何时发生、何时录入、做了什么",
    "03-申请审批.html": "每件申请:申请时的案件状态、理由、审批结果、申请人与审批人",
    "04-期限.html": "阶段期限、法定执行期限和其他期限,逐步说明为什么是这一天",
    "05-查阅.html": "何人查看过本案",
    "05-查阅.csv": "同上,表格",
    "06-督办.html": "每件督办:何人督办、期限、答复、了结",
    "07-文书附件.html": "每件文书、附件:编号或者名称、制作人或者上传人、摘要、文件在何处",
    "08-当事人.html": "当事人、送达地址确认、执行依据与保全",
    TRAIL: "本案留痕原始记录,一行一条,每条含前一条的摘要",
    SEALS: "封印:封住全院各链,由封印密钥签名;其他案件只有摘要",
    TEXTS: "留痕以摘要代替的文字原文,一字未改",
    **dict.fromkeys(VERIFIER, "核验程序"),
    HOW: "如何核验",
    SUMS: "以上各文件的 SHA-256",
}


@dataclass(frozen=True, slots=True)
class Order:
    """Which case is packed, who has it packed (``name``: as the pages print it), when."""

    court_id: int
    case_id: int
    doer: Doer
    name: str
    when: When


def name_of(number: str, when: When) -> str:
    """What the zip of a case is called."""
    return f"证据包-{number}-{when.at.astimezone(SHANGHAI):%Y%m%d-%H%M%S}.zip"


def make(order: Order, out: Path) -> None:
    """Writes the pack of a case to ``out``; its files are laid beside it for the while.

    An entry of the case's trail is written first and sealed, so that the pack holds it. NotFound
    for another court's case; Invalid without a key to seal with."""
    _note(order, out.name)
    sealing.seal_now(order.court_id, order.when)
    with TemporaryDirectory(prefix=".pack-", dir=out.parent) as place:
        folder = Path(place)
        with _still() as session:
            case = session.get_one(Case, order.case_id)
            _prove(session, order, case, folder)
            told = pack_pages.told(session, case, order.name, order.when)
            key = seals.grouped(sealing.key_of(session, order.court_id).fingerprint)
            inside = {**CONTENTS, **pack_papers.laid(told.files, folder)}
            _tell(told, key, folder, inside)
        _zip(folder, out, order.when, inside)


def _note(order: Order, file: str) -> None:
    with transaction() as session:
        if queries.locked_case(session, order.court_id, order.case_id) is None:
            raise NotFound("not_yours")
        draft = Draft(order.case_id, Tag.CASE_PACKED, {"file": file})
        writer.write_trail(session, order.court_id, [draft], order.doer, order.when)


@contextmanager
def _still() -> Iterator[Session]:
    """A view of one moment for all that is read; nobody waits for it."""
    session: Session = db.session()
    session.rollback()
    try:
        hold_still(session)
        yield session
    finally:
        session.rollback()


# What proves it ---------------------------------------------------------------------------------


def _prove(session: Session, order: Order, case: Case, folder: Path) -> None:
    lines = list(exports.case_lines(session, order.court_id, case, order.doer, order.when))
    _lines(folder / TRAIL, lines)
    _lines(folder / SEALS, sealing.proof_of_case(session, order.court_id, case))
    _lines(folder / TEXTS, _texts(session, case, lines))
    for name, source in VERIFIER.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        copyfile(source, folder / name)


def _lines(path: Path, lines: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8", errors=ESCAPED, newline="") as file:
        file.writelines(line + "\n" for line in lines)


def _texts(session: Session, case: Case, lines: Sequence[str]) -> Iterator[str]:
    """The texts whose digests stand in these lines, under whichever algorithm each was taken."""
    held = {found.decode() for line in lines for found in _digests(line)}
    written = select(Action.text).where(Action.case_id == case.id)
    kept = select(Text.text).where(Text.case_id == case.id)
    people = of_case(session, case.id)
    texts = {case.basis, case.basis_kind, case.trial_court, case.trial_team, case.preservation}
    texts |= {*session.scalars(written), *session.scalars(kept)}
    texts |= {text for one in people for text in (one.name, one.ruling)}
    algorithms = {digest.partition(":")[0] for digest in held}
    told = {trail.text_digest(alg, text): text for alg in algorithms for text in texts if text}
    for digest in sorted(held & told.keys()):
        yield trail.canonical({"digest": digest, "text": told[digest]}).decode()


def _digests(line: str) -> list[bytes]:
    found: list[bytes] = verify.DIGEST.findall(line.encode("utf-8", ESCAPED))
    return found


# What tells it ----------------------------------------------------------------------------------


def _tell(told: Told, key: str, folder: Path, inside: Mapping[str, str]) -> None:
    for name, page in pack_pages.pages(told).items():
        (folder / name).write_text(page, "utf-8", newline="")
    for name, rows in pack_pages.tables(told).items():
        with (folder / name).open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([exports.plain(cell) for cell in row] for row in rows)
    how = pack_pages.how(told, key, COMMAND)
    (folder / HOW).write_text(how, "utf-8", newline="\r\n")
    sums = [f"{_sum(folder / name)}  {name}\n" for name in inside if name != SUMS]
    (folder / SUMS).write_text("".join(sums), "utf-8", newline="")
    entries = [
        Entry(name, what, (folder / name).stat().st_size, _sum(folder / name))
        for name, what in inside.items()
    ]
    cover = pack_pages.cover(told, key, COMMAND, entries)
    (folder / COVER).write_text(cover, "utf-8", newline="")


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _zip(folder: Path, out: Path, when: When, inside: Iterable[str]) -> None:
    """The same content makes the same bytes: the order is fixed, and so is the time of each."""
    at = when.recorded.astimezone(SHANGHAI).timetuple()[:6]
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name in (COVER, *inside):
            info = ZipInfo(name, at)
            info.compress_type, info.external_attr = ZIP_DEFLATED, 0o644 << 16
            with (folder / name).open("rb") as source, archive.open(info, "w") as target:
                while part := source.read(2**20):
                    target.write(part)
