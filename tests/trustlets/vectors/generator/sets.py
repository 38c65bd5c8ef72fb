"""Which files of Debian's python3-cryptography-vectors are used, by which judge, and how much of each in VTL1."""

from collections import namedtuple

import readers

# sample: how many records at most the test trustlet gets; its image has a limit, and an emulated processor takes its time.
Set = namedtuple("Set", "algorithm file judge read sample")

# RFC 6070's sixth vector has 16777216 iterations: a minute and more.
MOST_ITERATIONS = 1000000


def hashes():
    for name, folder in (("SHA-1", "SHA1"), ("SHA-256", "SHA2"), ("SHA-384", "SHA2"), ("SHA-512", "SHA2")):
        for length, sample in (("Short", 24), ("Long", 4)):
            yield Set(name, f"hashes/{folder}/{name.replace('-', '')}{length}Msg.rsp", "judge_hash",
                      lambda path, name=name: readers.hash_messages(path, name), sample)
    yield Set("MD5", "hashes/MD5/rfc-1321.txt", "judge_hash", lambda path: readers.hash_messages(path, "MD5"), 100)


def hmacs():
    for name, file in (("MD5", "rfc-2202-md5"), ("SHA-1", "rfc-2202-sha1"), ("SHA-256", "rfc-4231-sha256"),
                       ("SHA-384", "rfc-4231-sha384"), ("SHA-512", "rfc-4231-sha512")):
        yield Set(f"HMAC-{name}", f"HMAC/{file}.txt", "judge_hmac", lambda path, name=name: readers.hmac(path, name), 100)


def ciphers():
    for bits in (128, 192, 256):
        for name in ("GFSbox", "KeySbox", "VarKey", "VarTxt", "MMT"):
            yield Set(f"AES-{bits}", f"ciphers/AES/ECB/ECB{name}{bits}.rsp", "judge_aes_block", readers.aes_blocks, 16)
    yield Set("AES-256-GCM", "ciphers/AES/GCM/gcmDecrypt256.rsp", "judge_gcm_open", readers.gcm, 100)
    yield Set("AES-256-GCM", "ciphers/AES/GCM/gcmEncryptExtIV256.rsp", "judge_gcm_seal", readers.gcm, 50)
    for form, wrap, unwrap in (("KW", "judge_wrap", "judge_unwrap"), ("KWP", "judge_wrap_padded", "judge_unwrap_padded")):
        for bits in (128, 192, 256):
            yield Set(f"{form}-{bits}", f"keywrap/kwtestvectors/{form}_AE_{bits}.txt", wrap, readers.key_wrap, 20)
            yield Set(f"{form}-{bits}", f"keywrap/kwtestvectors/{form}_AD_{bits}.txt", unwrap, readers.key_wrap, 30)


def curves():
    folder = "asymmetric/ECDSA/FIPS_186-3/"
    yield Set("EC-key", folder + "PKV.rsp", "judge_ec_public", lambda path: readers.ec_keys(path, "Qx", ("Qx", "Qy")), 24)
    yield Set("EC-key", folder + "KeyPair.rsp", "judge_ec_pair", lambda path: readers.ec_keys(path, "d", ("d", "Qx", "Qy")), 4)
    yield Set("ECDSA", folder + "SigVer.rsp", "judge_ecdsa_verify", lambda path: readers.ecdsa(path, ("Qx", "Qy", "R", "S")), 20)
    yield Set("ECDSA", folder + "SigGen.txt", "judge_ecdsa_sign", lambda path: readers.ecdsa(path, ("d", "Qx", "Qy", "R", "S")), 4)
    for role in ("init", "resp"):
        yield Set("ECDH", f"asymmetric/ECDH/KASValidityTest_ECCStaticUnified_NOKC_ZZOnly_{role}.fax", "judge_ecdh", readers.ecdh, 16)
    yield Set("Ed25519", "asymmetric/Ed25519/sign.input", "judge_ed25519", readers.ed25519, 24)


def rsa():
    for scheme, judge in (("15", "rsa_pkcs1"), ("PSS", "rsa_pss")):
        name = "RSA-PKCS1-v1.5" if scheme == "15" else "RSA-PSS"
        folder = "asymmetric/RSA/FIPS_186-2/Sig"
        yield Set(name, f"{folder}Ver{scheme}_186-3.rsp", f"judge_{judge}_verify", lambda path: readers.rsa(path, False), 24)
        yield Set(name, f"{folder}Gen{scheme}_186-3.rsp", f"judge_{judge}_verify", lambda path: readers.rsa(path, False), 10)
        yield Set(name, f"{folder}Gen{scheme}_186-2.txt", f"judge_{judge}_sign", lambda path: readers.rsa(path, True), 4)


def derivations():
    yield Set("HKDF-SHA-256", "KDF/rfc-5869-HKDF-SHA256.txt", "judge_hkdf", readers.hkdf, 100)
    yield Set("HKDF-SHA-256", "KDF/hkdf-generated.txt", "judge_hkdf", readers.hkdf, 100)
    yield Set("PBKDF2-SHA-1", "KDF/rfc-6070-PBKDF2-SHA1.txt", "judge_pbkdf2",
              lambda path: readers.pbkdf2(path, MOST_ITERATIONS), 100)


SETS = [*hashes(), *hmacs(), *ciphers(), *curves(), *rsa(), *derivations()]
