#!/usr/bin/env python3
"""Verify a Remit audit export: python verify.py FILE  (Python 3.8 or later, nothing else needed).

Stands alone on purpose: an examiner can read it whole and run it anywhere. The file holds, in leaf order, records and (in place of what the exporter may not see, or of what lies outside the period) hashes
of parts of the Merkle tree, with the signed heads after the leaves they cover. Found are records that were
changed, removed, inserted, reordered or back-dated, forged or missing heads, and swapped keys.
Exit codes: 0 everything holds, 1 a problem was found, 2 the file cannot be read.
"""

from __future__ import annotations

import argparse
import datetime
import gzip
import hashlib
import json
import sys
import time
import zlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # names for readers and type checkers; nothing of it runs on Python 3.8
    from collections.abc import Iterable

    _Point = tuple[int, int, int, int]
    _Signed = tuple[dict[str, Any], str]  # a head and its signature

# ruff: noqa: UP031, T201, PTH123, DTZ007 - this file runs on Python 3.8, prints, and is all in UTC

FORMAT, VERSION = "remit-audit-export", 1
TOLERANCE_SECONDS = 900
NO_HEAD = "00" * 32
LISTED_PROBLEMS = 100
INSTANT = "%Y-%m-%dT%H:%M:%S.%fZ"

# Ed25519 (RFC 8032), verification only
_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_ROOT_OF_MINUS_1 = pow(2, (_P - 1) // 4, _P)


def _add(p: _Point, q: _Point) -> _Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % _P, (p[1] + p[0]) * (q[1] + q[0]) % _P
    c, d = 2 * p[3] * q[3] * _D % _P, 2 * p[2] * q[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % _P, g * h % _P, f * g % _P, e * h % _P)


def _times(scalar: int, point: _Point) -> _Point:
    total = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = _add(total, point)
        point = _add(point, point)
        scalar >>= 1
    return total


def _point(data: bytes) -> _Point | None:
    """The curve point that 32 bytes stand for, or None."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT_OF_MINUS_1 % _P
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    x = _P - x if x & 1 != sign else x
    return (x, y, 1, x * y % _P)


_BASE = _point((4 * pow(5, _P - 2, _P) % _P).to_bytes(32, "little")) or (0, 1, 1, 0)


def signature_holds(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` (64 bytes) over `message` is by the holder of `public_key` (32 bytes)."""
    if len(public_key) != 32 or len(signature) != 64:
        return False
    key, r = _point(public_key), _point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if key is None or r is None or s >= _L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public_key + message).digest(), "little") % _L
    left, right = _times(s, _BASE), _add(r, _times(h, key))
    same_x = (left[0] * right[2] - right[0] * left[2]) % _P == 0
    return same_x and (left[1] * right[2] - right[1] * left[2]) % _P == 0


def signed_bytes(kind: str, payload: dict[str, Any]) -> bytes:
    """The bytes under a signature: what kind of statement (head, key, export), then its canonical JSON."""
    text = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return b"remit-audit-" + kind.encode() + b"-v1\n" + text.encode()


def head_hash(payload: dict[str, Any], signature: str) -> str:
    """What the next head names as `previous`: a hash over this head and its signature (hex)."""
    return hashlib.sha256(signed_bytes("head", payload) + bytes.fromhex(signature)).hexdigest()


def key_statement(key: dict[str, Any]) -> dict[str, Any]:
    """What an older key signs to endorse a newer one."""
    return {name: key[name] for name in ("key_id", "public_key", "created_at")}


def fingerprint(public_key: bytes) -> str:
    """The id of a key: it cannot be given to another key."""
    return hashlib.sha256(public_key).hexdigest()[:32]


def _signed_by(key: dict[str, Any], kind: str, payload: dict[str, Any], signature: str) -> bool:
    try:
        public_key, by = bytes.fromhex(key["public_key"]), bytes.fromhex(signature)
    except (ValueError, TypeError):
        return False  # not hexadecimal: no signature of anyone
    return signature_holds(public_key, signed_bytes(kind, payload), by)


def _shifted(text: str, seconds: float) -> str:
    moment = datetime.datetime.strptime(text, INSTANT) + datetime.timedelta(seconds=seconds)
    return moment.strftime(INSTANT)


class Checker:
    """Takes keys, tree nodes, records and heads in leaf order; `report()` says what holds and what does not.

    Signatures: the heads are a hash chain, so the signature on the last head of each key (and at each end
    of a gap) binds all heads before it. `all_signatures` checks every one.
    """

    def __init__(
        self,
        tolerance: float = TOLERANCE_SECONDS,
        all_signatures: bool = False,
        trusted: Iterable[str] = (),
        witnessed: Iterable[_Signed] = (),
    ) -> None:
        self.tolerance, self.all_signatures, self.trusted = tolerance, all_signatures, set(trusted)
        self.problems: list[dict[str, Any]] = []
        self.warnings: list[str] = []
        self.keys: dict[str, dict[str, Any]] = {}
        self.used_keys: list[str] = []
        self.size, self.broken = 0, False
        self.stack: list[tuple[int, bytes]] = []  # perfect subtrees: (height, hash), largest first
        self.records = self.hidden = self.tree_heads = self.good_size = 0
        self.signatures_checked = self.problem_count = 0
        self.first: str | None = None
        self.last: str | None = None
        self.head_before: _Signed | None = None
        self.after_gap, self.last_signed = False, True
        self.instants: list[tuple[str, int]] = []  # (at, leaf) of the records since the last head
        self.witness_heads = list(witnessed)
        self.witness_seen: set[int] = set()
        self.witnessed: dict[int, set[str]] = {}
        for payload, _ in self.witness_heads:
            self.witnessed.setdefault(payload["tree_size"], set()).add(payload["root"])

    def problem(self, code: str, message: str, **where: Any) -> None:
        self.problem_count += 1
        if len(self.problems) < LISTED_PROBLEMS:
            self.problems.append(dict(code=code, message=message, **where))

    def _push(self, height: int, digest: bytes) -> None:
        stack, sha256 = self.stack, hashlib.sha256
        self.size += 1 << height
        while stack and stack[-1][0] == height:
            digest = sha256(b"\x01" + stack.pop()[1] + digest).digest()
            height += 1
        stack.append((height, digest))
        if self.size in self.witnessed and not self.broken:
            self.witness_seen.add(self.size)
            if self.witnessed[self.size] != {self.root()}:
                text = "history was rewritten: the witness saw another root over the first %d records"
                self.problem("witness_differs", text % self.size, tree_size=self.size)

    def root(self) -> str:
        """The hash over all leaves so far (hex)."""
        if not self.stack:
            return hashlib.sha256(b"").hexdigest()
        edge = self.stack[-1][1]
        for _, left in reversed(self.stack[:-1]):
            edge = hashlib.sha256(b"\x01" + left + edge).digest()
        return edge.hex()

    def _misplaced(self, leaf: int) -> None:
        """A leaf that is not the next one: say so and go on from it; roots cannot be checked any more."""
        if leaf > self.size:
            text = "records %d to %d are missing" % (self.size, leaf - 1)
            self.problem("record_missing", text, leaf=self.size)
        else:
            text = "record %d stands where %d is due: inserted, repeated or reordered" % (leaf, self.size)
            self.problem("record_out_of_order", text, leaf=leaf)
        self.size, self.stack, self.broken = leaf, [], True

    def node(self, start: int, height: int, digest: bytes) -> None:
        """A perfect subtree whose records are not in the file: its hash stands for them."""
        if not 0 <= height < 63:
            raise ValueError("no tree is that high")
        if start != self.size or start % (1 << height):
            self._misplaced(start)
        self._push(height, digest)
        self.hidden += 1 << height

    def record(self, leaf: int, digest: bytes, raw: bytes) -> dict[str, Any] | None:
        """One record: number, stated leaf hash, exact bytes. Gives the parsed record, or None."""
        if leaf != self.size:
            self._misplaced(leaf)
        self.records += 1
        if hashlib.sha256(b"\x00" + raw).digest() != digest:
            text = "record %d was changed: its bytes do not give its hash" % leaf
            self.problem("record_changed", text, leaf=leaf)
        self._push(0, digest)
        try:
            record: dict[str, Any] = json.loads(raw.decode())
            at: str = record["at"]
            self.instants.append((at, leaf))
        except (ValueError, KeyError, TypeError, RecursionError):
            self.problem("record_unreadable", "record %d is not an audit record" % leaf, leaf=leaf)
            return None
        return record

    def key(self, key: dict[str, Any]) -> None:
        """A public key with its endorsement by the key before it. Older keys come first."""
        key_id, public_key = key["key_id"], bytes.fromhex(key["public_key"])
        if fingerprint(public_key) != key_id:
            self.problem("key_swapped", "key id %s was not made from its public key" % key_id)
            return
        endorser, endorsement = self.keys.get(key.get("endorsed_by") or ""), key.get("endorsement")
        key = dict(key, endorsed=False)
        if endorser and endorsement:
            key["endorsed"] = _signed_by(endorser, "key", key_statement(key), endorsement)
        if endorsement and not key["endorsed"]:
            self.problem("key_not_endorsed", "the endorsement of key %s does not hold" % key_id)
        self.keys[key_id] = key

    def head(self, payload: dict[str, Any], signature: str) -> None:
        """A signed head after the leaves it covers."""
        number, size, before = payload["id"], payload["tree_size"], self.head_before
        self.tree_heads += 1
        if size != self.size:
            text = "head %d covers %d records, %d stand before it: removed or inserted"
            self.problem("head_mismatch", text % (number, size, self.size), head=number)
            self.broken = True
        elif not self.broken and payload["root"] != self.root():
            text = "records %d to %d do not give the root of head %d: changed, removed, inserted or reordered"
            self.problem("tree_mismatch", text % (self.good_size, size - 1, number), head=number)
            self.broken = True
        self.good_size = self.size
        self._check_chain(payload)
        self._check_instants(payload)
        key_id = payload["key_id"]
        if not self.used_keys or self.used_keys[-1] != key_id:
            if before and not self.last_signed:
                self._check_signature(*before)
            self._new_key(key_id)
        self.head_before, self.after_gap, self.last_signed = (payload, signature), False, False
        if self.all_signatures:
            self._check_signature(payload, signature)

    def belongs(self, key_id: str) -> bool:
        """Whether a key is trusted by name, or endorsed (through others) by one that signed earlier heads."""
        if key_id not in self.keys:
            return False
        if key_id in self.used_keys or key_id in self.trusted:
            return True
        key = self.keys[key_id]  # an endorser was given before its key, so this ends
        return bool(key["endorsed"]) and self.belongs(key["endorsed_by"])

    def _new_key(self, key_id: str) -> None:
        if key_id not in self.keys:
            self.problem("key_unknown", "a head is signed by key %s, which is not given" % key_id)
        elif key_id in self.used_keys:
            self.problem("key_reused", "key %s signs again after its successor" % key_id)
        elif self.used_keys and not self.belongs(key_id):
            text = "key %s took over from %s without its endorsement" % (key_id, self.used_keys[-1])
            self.problem("key_not_endorsed", text)
        self.used_keys.append(key_id)

    def _check_chain(self, payload: dict[str, Any]) -> None:
        number = payload["id"]
        if self.head_before is None:
            if number == 1 and payload["previous"] != NO_HEAD:
                self.problem("head_chain_broken", "head 1 names a head before it", head=1)
            return
        earlier, signature = self.head_before
        if payload["sealed_at"] < earlier["sealed_at"] or payload["tree_size"] < earlier["tree_size"]:
            self.problem("head_backwards", "head %d is earlier or smaller than the last" % number)
        if self.after_gap:
            return
        if number != earlier["id"] + 1 or payload["previous"] != head_hash(earlier, signature):
            text = "head %d does not follow head %d: a head was changed, removed or inserted"
            self.problem("head_chain_broken", text % (number, earlier["id"]), head=number)

    def _check_instants(self, payload: dict[str, Any]) -> None:
        """Each record's instant lies between the clock at the previous sealing and this one, within the tolerance."""
        instants, self.instants = self.instants, []
        clock, sealed, came_after, low = payload["clock_at"], payload["sealed_at"], "", ""
        high = _shifted(sealed, self.tolerance)
        earlier = self.head_before[0] if self.head_before else dict(payload, clock_at=sealed)
        if clock < sealed and (clock < earlier["clock_at"] or earlier["clock_at"] == earlier["sealed_at"]):
            text = "the clock went backwards: it stood at %s when head %d was sealed, after %s"
            self.warnings.append(text % (clock, payload["id"], sealed))
        if self.head_before and not self.after_gap:
            came_after = min(clock, earlier["clock_at"])
            low = _shifted(came_after, -self.tolerance)
        if not instants:
            return
        first, last = min(instants)[0], max(instants)[0]
        self.first, self.last = min(self.first or first, first), max(self.last or last, last)
        for at, leaf in instants if first < low or last > high else ():
            if at < low:
                text = "record %d says %s but came after %s" % (leaf, at, came_after)
                self.problem("back_dated", text, leaf=leaf)
            elif at > high:
                text = "record %d says %s but was sealed at %s" % (leaf, at, payload["sealed_at"])
                self.problem("post_dated", text, leaf=leaf)

    def _check_signature(self, payload: dict[str, Any], signature: str) -> None:
        self.last_signed = True
        key = self.keys.get(payload["key_id"])
        if key is None:
            return  # reported when the key was first met
        self.signatures_checked += 1
        if not _signed_by(key, "head", payload, signature):
            text = "the signature on head %d does not hold: forged" % payload["id"]
            self.problem("signature_invalid", text, head=payload["id"])

    def gap(self) -> None:
        """Heads are left out here; the hashes that follow join both sides in one tree."""
        if self.head_before and not self.last_signed:
            self._check_signature(*self.head_before)
        self.after_gap = True

    def report(self) -> dict[str, Any]:
        """Finish: last signature, trust in the first key, the witness; gives the result as a dict."""
        if self.head_before and not self.last_signed:
            self._check_signature(*self.head_before)
        if self.size != self.good_size:
            self.problem("unsealed", "records from %d on are under no signed head" % self.good_size)
        self._check_trust()
        self._check_witness()
        names = "records hidden first last tree_heads signatures_checked problem_count problems warnings"
        report = {name: getattr(self, name) for name in names.split()}
        report.update(tree_size=self.size, root=None if self.broken else self.root(), keys=self.used_keys)
        report["sealed_at"] = self.head_before[0]["sealed_at"] if self.head_before else None
        report.update(witnessed=len(self.witness_seen), verified=self.problem_count == 0)
        return report

    def _check_trust(self) -> None:
        if self.used_keys and not self.trusted:
            text = "key %s comes with the log itself: compare it with what the firm published, or use --trust"
            self.warnings.append(text % self.used_keys[-1])
        elif self.used_keys and not self.trusted & set(self.used_keys):
            self.problem("key_untrusted", "key %s is not among the trusted keys" % self.used_keys[-1])

    def _check_witness(self) -> None:
        beyond = [size for size in self.witnessed if size > self.size]
        if beyond:
            text = "the witness saw %d records, here are %d: the end was cut off" % (max(beyond), self.size)
            self.problem("truncated", text, tree_size=max(beyond))
        skipped = len(self.witnessed) - len(self.witness_seen) - len(beyond)
        if skipped:
            self.warnings.append("%d witnessed heads lie in parts that cannot be checked here" % skipped)
        for payload, signature in self.witness_heads[-1:]:
            if payload["key_id"] not in self.keys:
                self.problem("key_swapped", "the witness saw key %s: not here" % payload["key_id"])
            else:
                self._check_signature(payload, signature)


def read_witness(path: str) -> list[_Signed]:
    """Heads handed out earlier: JSON lines {"head": {...}, "signature": "..."}."""
    with open(path, encoding="utf-8") as lines:
        found = [json.loads(line) for line in lines if line.strip()]
    return [(one["head"], one["signature"]) for one in found]


class _File:
    """Feeds one export to a checker, line by line, in flat memory."""

    def __init__(self, checker: Checker, allow_unsigned_end: bool = False) -> None:
        self.checker, self.unsigned_is_fine, self.digest = checker, allow_unsigned_end, hashlib.sha256()
        self.ended, self.number = False, 0

    def feed(self, line: bytes) -> None:
        self.number += 1
        if self.ended:
            raise ValueError("something follows the end")
        if line.startswith(b'{"leaf":') and line.endswith(b"}\n"):
            comma = line.index(b',"hash":"', 8)
            if line[comma + 73 : comma + 84] != b'","record":':
                raise ValueError("not a record line")
            digest = bytes.fromhex(line[comma + 9 : comma + 73].decode())
            self.checker.record(int(line[8:comma]), digest, line[comma + 84 : -2])
        else:
            self._statement(json.loads(line))
        self.digest.update(line)

    def _statement(self, item: dict[str, Any]) -> None:
        checker = self.checker
        if self.number == 1:
            if item.get("format") != FORMAT or item.get("version") != VERSION:
                raise ValueError("unknown format")
        elif "node" in item:
            checker.node(item["node"], item["height"], bytes.fromhex(item["hash"]))
        elif "head" in item:
            checker.head(item["head"], item["signature"])
        elif "key" in item:
            checker.key(item["key"])
        elif "gap" in item:
            checker.gap()
        elif "end" in item:
            self._end(item)
        else:
            raise ValueError("unknown line")

    def _end(self, item: dict[str, Any]) -> None:
        self.ended, checker, end = True, self.checker, item["end"]
        counts = {"records": checker.records, "heads": checker.tree_heads, "tree_size": checker.size}
        for name, found in counts.items():
            if end[name] != found:
                text = "the export was made with %s %s and now has %s" % (end[name], name, found)
                checker.problem("export_altered", text)
        if end["sha256"] != self.digest.hexdigest():
            checker.problem("export_altered", "the file is not as it was exported")
        key_id = item["key_id"]
        if key_id is None and self.unsigned_is_fine:
            text = "the end is not signed: a shortened copy cannot be told from an older export"
            checker.warnings.append(text)
        elif not (
            checker.belongs(key_id) and _signed_by(checker.keys[key_id], "export", end, item["signature"])
        ):
            checker.problem("export_altered", "the end is not signed by the log's key: it may be cut off")


def verify_file(path: str, checker: Checker, allow_unsigned_end: bool = False) -> dict[str, Any]:
    """Check the export at `path`; gives the checker's report and seconds. ValueError: it is no export."""
    started = time.perf_counter()
    export = _File(checker, allow_unsigned_end)
    with (gzip.open if str(path).endswith(".gz") else open)(path, "rb") as lines:
        for line in lines:
            try:
                export.feed(line)
            except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
                if export.number == 1:
                    raise ValueError("%s is no Remit audit export of version %d" % (path, VERSION)) from error
                checker.problem("malformed", "line %d cannot be read" % export.number, line=export.number)
                checker.broken = True
    if export.number == 0:
        raise ValueError("%s is empty" % path)
    if not export.ended:
        checker.problem("export_incomplete", "the end of the export is missing: the file was cut off")
    return dict(checker.report(), seconds=round(time.perf_counter() - started, 3))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Verify a Remit audit export.")
    add = parser.add_argument
    add("file")
    add("--witness", metavar="FILE", help="heads handed out earlier (JSON lines)")
    add("--trust", metavar="KEY_ID", action="append", default=[], help="a key the firm published")
    add("--all-signatures", action="store_true", help="check every head's, not each key's last")
    add("--tolerance", type=int, default=TOLERANCE_SECONDS, metavar="SECONDS")
    add("--allow-unsigned-end", action="store_true", help="a copy cut short then passes for an older one")
    add("--json", action="store_true", help="print one JSON document")
    given = parser.parse_args(arguments)
    try:
        witnessed = read_witness(given.witness) if given.witness else []
        checker = Checker(given.tolerance, given.all_signatures, given.trust, witnessed)
        report = verify_file(given.file, checker, given.allow_unsigned_end)
    except (OSError, EOFError, ValueError, KeyError, TypeError, zlib.error) as error:
        print("cannot read: %s" % error, file=sys.stderr)
        return 2
    if given.json:
        print(json.dumps(report))
    else:
        show(report)
    return 0 if report["verified"] else 1


def show(report: dict[str, Any]) -> None:
    """The report in words."""
    print(
        "%(records)d records (%(first)s to %(last)s), %(hidden)d more by hash only, %(tree_heads)d heads, "
        "%(signatures_checked)d signatures checked, %(seconds)s s" % report
    )
    for text in report["warnings"]:
        print("note: " + text)
    for one in report["problems"]:
        print("PROBLEM %s: %s" % (one["code"], one["message"]))
    if report["problem_count"] > len(report["problems"]):
        print("... and %d more" % (report["problem_count"] - len(report["problems"])))
    print("verified" if report["verified"] else "NOT verified: %d problems" % report["problem_count"])


if __name__ == "__main__":
    sys.exit(main())
