"""May this file be opened? A workbook is a stranger's: its kind and its sizes are checked first."""

import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl

from linshu.rules.said import Said
from linshu.services.errors import Invalid

MOST_FILE_BYTES = 64 * 2**20
MOST_BYTES = 256 * 2**20
MOST_STRING_BYTES = 128 * 2**20
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")

Source = str | Path | bytes
Row = tuple[object, ...]

FAULTS_ZH: Mapping[str, str] = {
    "no file": "文件“{name}”不存在或无法读取。",
    "not a workbook": "这不是 xlsx 工作簿,请用 Excel 或 WPS 另存为 .xlsx 后再导入。",
    "not a table": "这既不是 xlsx 工作簿,也不是 UTF-8 或 GBK 编码的 CSV 文件。",
    "old workbook": "这是旧版 .xls 文件,请另存为 .xlsx 后再导入。",
    "encrypted": "工作簿已加密,请取消密码后再导入。",
    "damaged": "工作簿已损坏,无法读取。",
    "too large": "工作簿过大,未予读取。",
    "no heading": "前 {within} 行内没有找到表头(如{columns})。",
    "missing columns": "工作表“{sheet}”缺少列:{columns}。",
    "column twice": "工作表“{sheet}”有重复的列:{columns}。",
    "formula": "工作表“{sheet}”的单元格 {places} 是公式,但没有保存计算结果;"
    "请用 Excel 或 WPS 打开并保存后再导入。",
    "too many rows": "工作表“{sheet}”超过 {limit} 行,请分开导入。",
    "people": "人员表有误:{rows}。",
}


class LedgerFault(Invalid):
    """A workbook cannot be read at all: ``fault`` is a key of FAULTS_ZH, the message is Chinese."""

    def __init__(self, fault: str, **facts: Any) -> None:
        super().__init__("ledger", fault=fault, why=Said(FAULTS_ZH[fault], **facts), **facts)
        self.fault = fault


def checked(source: Source) -> tuple[BytesIO, bool]:
    """The bytes of a workbook that is safe to open, and whether any sheet has a formula."""
    content = source if isinstance(source, bytes) else content_of(Path(source))
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        locked = "EncryptedPackage".encode("utf-16-le") in content
        raise LedgerFault("encrypted" if locked else "old workbook")
    stream = BytesIO(content)
    try:
        with zipfile.ZipFile(stream) as archive:
            _check_sizes(archive.infolist())
            return stream, _has_formulas(archive)
    except LedgerFault:
        raise
    except Exception as fault:
        raise LedgerFault("not a workbook") from fault


def content_of(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_FILE_BYTES:
            raise LedgerFault("too large")
        return path.read_bytes()
    except OSError as fault:
        raise LedgerFault("no file", name=path.name) from fault


def _check_sizes(parts: Sequence[zipfile.ZipInfo]) -> None:
    # zipfile never reads more of a part than its declared size, so the declared sizes can be added.
    if not any(part.filename == "[Content_Types].xml" for part in parts):
        raise LedgerFault("not a workbook")
    if any(part.flag_bits & 1 for part in parts):
        raise LedgerFault("encrypted")
    strings = sum(part.file_size for part in parts if "sharedstrings" in part.filename.lower())
    if sum(part.file_size for part in parts) > MOST_BYTES or strings > MOST_STRING_BYTES:
        raise LedgerFault("too large")


def _has_formulas(archive: zipfile.ZipFile) -> bool:
    sheets = [name for name in archive.namelist() if "worksheets/" in name.lower()]
    return any(_mentions_formula(archive, name) for name in sheets if name.endswith(".xml"))


def _mentions_formula(archive: zipfile.ZipFile, name: str) -> bool:
    with archive.open(name) as part:
        tail = b""
        while chunk := part.read(2**20):
            if _FORMULA.search(tail + chunk):
                return True
            tail = chunk[-64:]
    return False


@contextmanager
def opened(stream: BytesIO, *, data_only: bool) -> Iterator[Any]:
    """The workbook, row by row and without the dimensions that it claims; closed afterwards."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            book = openpyxl.load_workbook(
                stream, read_only=True, data_only=data_only, keep_links=False
            )
        except Exception as fault:  # openpyxl lets anything through that a broken part provokes
            raise LedgerFault("damaged") from fault
        try:
            for sheet in book.worksheets:
                sheet.reset_dimensions()
            yield book
        finally:
            book.close()


def guarded(rows: Iterator[Row]) -> Iterator[Any]:
    """The rows of a sheet; what breaks in reading them is the file's fault."""
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except Exception as fault:
            raise LedgerFault("damaged") from fault
        yield row
