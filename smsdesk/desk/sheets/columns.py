"""Which column has the phone numbers, and whether the first row names the columns.

A guess that a person sees and may change; what it is guessed from is the header and the numbers
themselves, never the digits that a number might lack.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from smsdesk.desk.sheets.table import Row
from smsdesk.sms.phone import PhoneNumberError, PhoneProblem, parse_phone
from smsdesk.sms.template import normalise_name

SAMPLE_ROWS = 200

_MOBILE = """
mobile mobile_number mobile_phone mobile_no mob cell cellphone cell_phone cell_number msisdn
whatsapp sms sms_number handy handynummer handynr mobil mobilnummer mobilnr mobiltelefon
natel portable telephone_portable numero_de_portable mobiel mobiel_nummer mobiele_nummer gsm
gsm_nummer movil telefono_movil celular numero_celular telemovel cellulare numero_cellulare
komorka telefon_komorkowy numer_komorkowy matkapuhelin kannykka mobilni mobilni_telefon cep
cep_telefonu cep_tel κινητο мобильный мобильный_телефон мобільний جوال الجوال נייד 手机 手机号
手机号码 手機 手機號碼 行動電話 携帯 携帯電話 携帯番号 携帯電話番号 휴대폰 휴대전화 핸드폰 मोबाइल
"""
_PHONE = """
phone phone_number phone_no telephone telephone_number tel tel_no telefon telefonnummer
telefonnr rufnummer telefoonnummer telefoon numero_de_telephone telefono numero_de_telefono
telefone numero_de_telefone numero_di_telefono numer_telefonu puhelin puhelinnumero
telefonni_cislo telefonszam telefon_numarasi τηλεφωνο телефон номер_телефона هاتف رقم_الهاتف
טלפון 电话 电话号码 電話 電話番号 電話號碼 전화 전화번호 फ़ोन फोन
"""
_NUMBER = """
number recipient recipients to nummer numero numer nro номер contact contact_number
empfanger destinataire destinatario odbiorca mottagare 号码 番号 번호
"""


def _plain(header: str) -> str:
    """A header without accents, so that it is known however it is written."""
    letters = unicodedata.normalize("NFD", normalise_name(header))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


_RANKS = {
    _plain(name): rank
    for rank, names in ((1, _NUMBER), (2, _PHONE), (3, _MOBILE))
    for name in names.split()
}


def has_header(rows: Sequence[Row]) -> bool:
    """Whether the first row names the columns: it has words, and nothing like a number."""
    if not rows:
        return False
    cells = [cell for cell in rows[0].cells if cell]
    if any(_plain(cell) in _RANKS for cell in cells):
        return True
    if any(sum(character.isdecimal() for character in cell) >= 5 for cell in cells):
        return False
    if rows[0].inexact or not any(character.isalpha() for character in "".join(cells)):
        return False
    return len(rows) > 1


def find_number_column(
    headers: Sequence[str], rows: Sequence[Row], *, default_region: str | None
) -> int | None:
    """The column that a header calls one of phone numbers, and that has some; else the one with
    the highest share of them; None if there is none anywhere."""
    sample = rows[:SAMPLE_ROWS]
    width = max((len(row.cells) for row in sample), default=0)
    best: tuple[tuple[bool, int, float], int] | None = None
    for column in range(max(width, len(headers))):
        rank = _RANKS.get(_plain(headers[column]), 0) if column < len(headers) else 0
        share = _share_of_numbers(sample, column, default_region)
        if not (share or rank > 1):
            continue
        fitness = (share >= 0.5, rank, share)
        if best is None or fitness > best[0]:
            best = (fitness, column)
    return None if best is None else best[1]


def _share_of_numbers(rows: Sequence[Row], column: int, default_region: str | None) -> float:
    cells = [row.cell(column) for row in rows if row.cell(column) and column not in row.inexact]
    if not cells:
        return 0.0
    return sum(_is_like_a_number(cell, default_region) for cell in cells) / len(cells)


def _is_like_a_number(cell: str, default_region: str | None) -> bool:
    """Whether it is one, or would be with a country or with the digits a spreadsheet took."""
    try:
        parse_phone(cell, default_region=default_region)
    except PhoneNumberError as error:
        if error.problem is PhoneProblem.SPREADSHEET:
            return True
        digits = sum(character.isdecimal() for character in cell)
        return error.problem is PhoneProblem.NO_COUNTRY and digits >= 8
    return True
