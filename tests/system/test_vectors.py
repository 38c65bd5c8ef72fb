"""Published test vectors of the vault's algorithms, run inside VTL1."""

# Set -> how many vectors: those of the host test crypto-vectors.
WRITTEN = {
    "nfold": 11, "rfc3962": 26, "rfc8009": 28, "rfc8009-string-to-key": 2, "hotp": 10, "totp": 18, "rfc3394": 12, "rfc5649": 4,
    "ntlmv2": 3, "ed25519": 12, "ecdsa": 12, "ecdh": 4, "rsa": 12,
}
# Of published files: the sample that the trustlet has of them.
PUBLISHED = {
    "SHA-1/SHA1ShortMsg.rsp": 24, "SHA-1/SHA1LongMsg.rsp": 4, "SHA-256/SHA256ShortMsg.rsp": 24, "SHA-256/SHA256LongMsg.rsp": 4,
    "SHA-384/SHA384ShortMsg.rsp": 24, "SHA-384/SHA384LongMsg.rsp": 4, "SHA-512/SHA512ShortMsg.rsp": 24, "SHA-512/SHA512LongMsg.rsp": 4,
    "MD5/rfc-1321.txt": 7, "HMAC-MD5/rfc-2202-md5.txt": 7, "HMAC-SHA-1/rfc-2202-sha1.txt": 7, "HMAC-SHA-256/rfc-4231-sha256.txt": 6,
    "HMAC-SHA-384/rfc-4231-sha384.txt": 6, "HMAC-SHA-512/rfc-4231-sha512.txt": 6, "AES-128/ECBGFSbox128.rsp": 14,
    "AES-128/ECBKeySbox128.rsp": 16, "AES-128/ECBVarKey128.rsp": 16, "AES-128/ECBVarTxt128.rsp": 16, "AES-128/ECBMMT128.rsp": 16,
    "AES-192/ECBGFSbox192.rsp": 12, "AES-192/ECBKeySbox192.rsp": 16, "AES-192/ECBVarKey192.rsp": 16, "AES-192/ECBVarTxt192.rsp": 16,
    "AES-192/ECBMMT192.rsp": 16, "AES-256/ECBGFSbox256.rsp": 10, "AES-256/ECBKeySbox256.rsp": 16, "AES-256/ECBVarKey256.rsp": 16,
    "AES-256/ECBVarTxt256.rsp": 16, "AES-256/ECBMMT256.rsp": 16, "AES-256-GCM/gcmDecrypt256.rsp": 100,
    "AES-256-GCM/gcmEncryptExtIV256.rsp": 50, "KW-128/KW_AE_128.txt": 20, "KW-128/KW_AD_128.txt": 30, "KW-192/KW_AE_192.txt": 20,
    "KW-192/KW_AD_192.txt": 30, "KW-256/KW_AE_256.txt": 20, "KW-256/KW_AD_256.txt": 30, "KWP-128/KWP_AE_128.txt": 20,
    "KWP-128/KWP_AD_128.txt": 30, "KWP-192/KWP_AE_192.txt": 20, "KWP-192/KWP_AD_192.txt": 30, "KWP-256/KWP_AE_256.txt": 20,
    "KWP-256/KWP_AD_256.txt": 30, "EC-key/PKV.rsp": 24, "EC-key/KeyPair.rsp": 4, "ECDSA/SigVer.rsp": 20, "ECDSA/SigGen.txt": 4,
    "ECDH/KASValidityTest_ECCStaticUnified_NOKC_ZZOnly_init.fax": 16, "ECDH/KASValidityTest_ECCStaticUnified_NOKC_ZZOnly_resp.fax": 16,
    "Ed25519/sign.input": 24, "RSA-PKCS1-v1.5/SigVer15_186-3.rsp": 24, "RSA-PKCS1-v1.5/SigGen15_186-3.rsp": 10,
    "RSA-PKCS1-v1.5/SigGen15_186-2.txt": 4, "RSA-PSS/SigVerPSS_186-3.rsp": 24, "RSA-PSS/SigGenPSS_186-3.rsp": 10,
    "RSA-PSS/SigGenPSS_186-2.txt": 4, "HKDF-SHA-256/rfc-5869-HKDF-SHA256.txt": 3, "HKDF-SHA-256/hkdf-generated.txt": 1,
    "PBKDF2-SHA-1/rfc-6070-PBKDF2-SHA1.txt": 5,
}


def run(bench, options, sets):
    outcome = bench.boot(bench.esp(vtl0__options=options), seconds=240)
    details = {event.values["id"]: (event.values["outcome"], event.values["detail"]) for event in outcome.all("test")}
    wanted = {name: ("ok", f"{total}/{total}") for name, total in sets.items()} | {"start": ("ok", "0/0")}
    assert details == wanted, f"{dict(details.items() ^ wanted.items())}\n{bench.story(outcome)}"
    bench.expect_success(outcome)


def test_vectors(bench):
    """Kerberos, one-time passwords, NTLMv2, key wrap and signatures give in VTL1 what the standards say, vector by vector."""
    run(bench, "mode=vectors only=written", WRITTEN)


def test_published_files(bench):
    """NIST's CAVP files and others, a sample of each: right answers, and what the files call a failure is refused."""
    run(bench, "mode=vectors", WRITTEN | PUBLISHED)
