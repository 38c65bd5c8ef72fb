"""
One reader for each form of file -> records of the tables: (fields, valid, hash, label). fields: bytes in the order that the
judge of judges.h wants. label: what kind of case it is, so that a sample has every kind.
"""

import functools

import cavp
import der

HASHES = {"MD5": 1, "SHA-1": 2, "SHA-224": 3, "SHA-256": 4, "SHA-384": 5, "SHA-512": 6}
CURVES = {"P-256": 32, "P-384": 48}
RSA_SIZES = ("2048", "3072")


def record(*fields, valid=True, hash=None, label=""):
    return fields, valid, HASHES[hash] if hash else 0, label


def hash_messages(path, name):
    for r in cavp.records(path, "Len"):
        yield record(bytes.fromhex(r["Msg"])[:int(r["Len"]) // 8], bytes.fromhex(r["MD"]), hash=name)


def hmac(path, name):
    for r in cavp.records(path, "Len"):
        yield record(*(bytes.fromhex(r[k]) for k in ("Key", "Msg", "MD")), hash=name)


def aes_blocks(path):
    for r in cavp.records(path, "COUNT"):
        yield record(*(bytes.fromhex(r[k]) for k in ("KEY", "PLAINTEXT", "CIPHERTEXT")), label="DECRYPT" in r)


def gcm(path):
    for r in cavp.records(path, "Count"):
        valid = "FAIL" not in r
        sizes = tuple(r[k] for k in ("IVlen", "PTlen", "AADlen", "Taglen"))
        fields = (bytes.fromhex(r.get(k, "")) for k in ("Key", "IV", "AAD", "PT", "CT", "Tag"))
        yield record(*fields, valid=valid, label=(valid, sizes))


def key_wrap(path):
    for r in cavp.records(path, "COUNT"):
        valid = "FAIL" not in r
        yield record(*(bytes.fromhex(r.get(k, "")) for k in ("K", "P", "C")), valid=valid, label=(valid, r["PLAINTEXT LENGTH"]))


def curve_of(r):
    return next((name for name in CURVES if name in r), None)


def on_curves(path, first, names):
    """Records of the vault's two curves -> record and the named numbers, each as long as the curve's."""
    for r in cavp.records(path, first):
        if curve_of(r):
            yield r, [cavp.number(r[name], CURVES[curve_of(r)]) for name in names]


def hash_of(r):
    return next(name for name in HASHES if name in r)


def ecdsa(path, names):
    for r, numbers in on_curves(path, "Msg", names):
        result = r.get("Result", "P")
        yield record(*numbers, bytes.fromhex(r["Msg"]), valid=result[0] == "P", hash=hash_of(r), label=(curve_of(r), result))


def ec_keys(path, first, names):
    for r, numbers in on_curves(path, first, names):
        result = r.get("Result", "P")
        yield record(*numbers, valid=result[0] == "P", label=(curve_of(r), result))


AGREEMENTS = {"EC - SHA256": ("P-256", "SHA-256"), "ED - SHA384": ("P-384", "SHA-384")}


def ecdh(path):
    names = ("dsIUT", "QsIUTx", "QsIUTy", "QsCAVSx", "QsCAVSy", "Z", "CAVSHashZZ")
    for r in cavp.records(path, "COUNT"):
        section = next((name for name in AGREEMENTS if name in r), None)
        if section:
            curve, hash = AGREEMENTS[section]
            yield record(*(cavp.number(r[name], CURVES[curve]) for name in names), valid=r["Result"][0] == "P", hash=hash,
                         label=(curve, r["Result"]))


@functools.lru_cache(maxsize=None)
def rsa_pair(n, e, d):
    return der.rsa_pair(int(n, 16), int(e, 16), int(d, 16))


def rsa(path, pair):
    for r in cavp.records(path, "SHAAlg"):
        if r["mod"] in RSA_SIZES:
            key = rsa_pair(r["n"], r["e"], r["d"]) if pair else der.rsa_public(int(r["n"], 16), int(r["e"], 16))
            result = r.get("Result", "P")
            yield record(key, bytes.fromhex(r["Msg"]), bytes.fromhex(r["S"]), valid=result[0] == "P",
                         hash=r["SHAAlg"].replace("SHA", "SHA-"), label=(r["mod"], result))


def hkdf(path):
    for r in cavp.records(path, "COUNT"):
        yield record(*(bytes.fromhex(r[k]) for k in ("salt", "IKM", "info", "OKM")), hash=r["Hash"])


def pbkdf2(path, most_iterations):
    for r in cavp.records(path, "COUNT"):
        if int(r["ITERATIONS"]) <= most_iterations:
            texts = (r[k].replace("\\0", "\0").encode() for k in ("PASSWORD", "SALT"))
            yield record(*texts, int(r["ITERATIONS"]).to_bytes(4, "big"), bytes.fromhex(r["DERIVED_KEY"]), hash="SHA-1")


def ed25519(path):
    """Each line: seed and public key, public key, message, signature and message."""
    for line in path.read_text(encoding="ascii").splitlines():
        pair, public, message, signed = (bytes.fromhex(part) for part in line.split(":")[:4])
        yield record(pair[:32], public, message, signed[:64])
