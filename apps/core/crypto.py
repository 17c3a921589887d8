"""Sealing of personal data: AES-256-GCM bound to its place, and a keyed index for equality."""

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE = 12


def _keys() -> dict[str, bytes]:
    # The first key is the newest: it seals; the others only open what they sealed.
    return settings.FIELD_KEYS


@lru_cache
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


def seal(plain: str, *, table: str, column: str, ref: UUID) -> str:
    """Encrypt `plain` under the newest key, bound to table, column and row.

    The answer is `key-id:base64`; an empty string stays empty.
    """
    if not plain:
        return ""
    name, key = next(iter(_keys().items()))
    nonce = os.urandom(_NONCE)
    sealed = _cipher(key).encrypt(nonce, plain.encode(), f"{table}|{column}|{ref}".encode())
    return f"{name}:{base64.b64encode(nonce + sealed).decode()}"


class Sealer:
    """`seal`, `unseal` and `blind_indexes` for many values of one column; the keys are prepared
    once."""

    def __init__(self, *, table: str, column: str) -> None:
        name, key = next(iter(_keys().items()))
        self._name, self._cipher = f"{name}:", _cipher(key)
        self._ciphers = {name: _cipher(key) for name, key in _keys().items()}
        self._place, self._column = f"{table}|{column}|", f"{column}|"
        self._index_keys = [_index_key(one) for one in _keys().values()]

    def seal(self, plain: str, ref: str) -> str:
        """`ref` is the row's UUID as it is written."""
        nonce = os.urandom(_NONCE)
        sealed = self._cipher.encrypt(nonce, plain.encode(), (self._place + ref).encode())
        return self._name + binascii.b2a_base64(nonce + sealed, newline=False).decode()

    def unseal(self, sealed: str, ref: str) -> str:
        """Raises as the function of that name."""
        return _opened(sealed, self._ciphers.__getitem__, self._place + ref)

    def indexes(self, plain: str) -> list[str]:
        """The index under the newest key first."""
        said = (self._column + plain).encode()
        return [hmac.digest(key, said, hashlib.sha256).hex() for key in self._index_keys]


def unseal(sealed: str, *, table: str, column: str, ref: UUID) -> str:
    """Decrypt what `seal` made.

    Raises KeyError for an unknown key and InvalidTag for a value moved from another place.
    """
    return _opened(sealed, lambda name: _cipher(_keys()[name]), f"{table}|{column}|{ref}")


def _opened(sealed: str, cipher_of: Callable[[str], AESGCM], place: str) -> str:
    if not sealed:
        return ""
    name, _, body = sealed.partition(":")
    raw = binascii.a2b_base64(body)
    return cipher_of(name).decrypt(raw[:_NONCE], raw[_NONCE:], place.encode()).decode()


def seal_bytes(plain: bytes, *, place: str) -> bytes:
    """Encrypt a file's content under the newest key, bound to `place`."""
    name, key = next(iter(_keys().items()))
    nonce = os.urandom(_NONCE)
    return name.encode() + b":" + nonce + _cipher(key).encrypt(nonce, plain, place.encode())


def unseal_bytes(sealed: bytes, *, place: str) -> bytes:
    """Decrypt what `seal_bytes` made; raises as `unseal` does."""
    name, _, raw = sealed.partition(b":")
    cipher = _cipher(_keys()[name.decode()])
    return cipher.decrypt(raw[:_NONCE], raw[_NONCE:], place.encode())


@lru_cache
def _index_key(key: bytes) -> bytes:
    return hmac.digest(key, b"blind-index", hashlib.sha256)


def _digest(key: bytes, column: str, plain: str) -> str:
    return hmac.digest(_index_key(key), f"{column}|{plain}".encode(), hashlib.sha256).hex()


def blind_index(plain: str, *, column: str) -> str:
    """The value stored beside a sealed column so that equality can be asked without opening it."""
    return _digest(next(iter(_keys().values())), column, plain) if plain else ""


def blind_indexes(plain: str, *, column: str) -> list[str]:
    """Every index `plain` may have been stored under, one per key still held."""
    return [_digest(key, column, plain) for key in _keys().values()]


class Sealed:
    """Attribute of a model that seals on write and opens on read.

    `class Member: phone = Sealed("phone_sealed", index="phone_index")`; the model carries `ref`.
    """

    def __init__(self, column: str, *, index: str = "") -> None:
        self.column, self.index = column, index

    def __get__(self, row: Any, owner: type | None = None) -> Any:
        if row is None:
            return self
        table = row._meta.db_table
        return unseal(getattr(row, self.column), table=table, column=self.column, ref=row.ref)

    def __set__(self, row: Any, plain: str) -> None:
        table = row._meta.db_table
        setattr(row, self.column, seal(plain, table=table, column=self.column, ref=row.ref))
        if self.index:
            setattr(row, self.index, blind_index(plain, column=self.column))


def mask_phone(plain: str) -> str:
    """A phone as others may see it: 138****0001; shorter numbers keep their last two digits."""
    if len(plain) == 11 and plain.isdigit():
        return f"{plain[:3]}****{plain[-4:]}"
    return "*" * max(len(plain) - 2, 0) + plain[-2:]
