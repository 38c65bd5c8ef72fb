"""RSA keys in DER (RFC 8017, appendix "ASN.1 Syntax"), from the numbers CAVP gives."""

import math
import random


def element(tag, content):
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def sequence(numbers):
    return element(0x30, b"".join(element(2, value.to_bytes(value.bit_length() // 8 + 1, "big")) for value in numbers))


def rsa_public(n, e):
    return sequence([n, e])


def primes(n, e, d):
    """SP 800-56B, appendix "Prime Factor Recovery (Probabilistic)"; the same choice in every run."""
    odd, twos, choose = e * d - 1, 0, random.Random(0)
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    while True:
        x = pow(choose.randrange(2, n - 1), odd, n)
        for _ in range(twos):
            y = x * x % n
            if y == 1 and x not in (1, n - 1):
                p = math.gcd(x - 1, n)
                return max(p, n // p), min(p, n // p)
            x = y


def rsa_pair(n, e, d):
    p, q = primes(n, e, d)
    return sequence([0, n, e, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p)])
